// The frame over the whole page. It holds the bank's page and passes its answer on.
'use strict';

const hello = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const pageOrigin = hello.origin === 'null' ? '*' : hello.origin;

// A block, not an expression: WebKit makes that a tail call, and then names the wrong window as the sender.
function answer(outcome) {
  parent.postMessage({ nonce: hello.nonce, outcome }, pageOrigin);
}

document.documentElement.dataset.theme = hello.dark ? 'dark' : 'light';

const bank = document.createElement('iframe');
bank.name = 'challengeFrame';
bank.title = '3-D Secure test page of the bank';
bank.src = `challenge.html#${location.hash.slice(1)}`;
document.querySelector('main').append(bank);
bank.addEventListener('load', () => bank.focus());

window.addEventListener('message', (event) => {
  const trusted = event.source === bank.contentWindow && event.data && event.data.nonce === hello.nonce;
  if (trusted) answer(event.data.outcome);
});

// Leaving is an answer too: the customer did not authenticate.
document.getElementById('close').addEventListener('click', () => answer('refused'));
document.addEventListener('keydown', (event) => event.key === 'Escape' && answer('refused'));
