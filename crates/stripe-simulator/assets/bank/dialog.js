// The frame over the whole page. It holds the bank's page, keeps the focus, and passes the answer on.
'use strict';

const hello = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const pageOrigin = hello.origin === 'null' ? '*' : hello.origin;
const ourOrigin = location.origin === 'null' ? '*' : location.origin;

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

window.addEventListener('message', ({ source, data }) => {
  if (!data || data.nonce !== hello.nonce) return;
  if (source === bank.contentWindow) answer(data.outcome);
  if (source === parent) enterBank('first');
});

// Leaving is an answer too: the customer did not authenticate.
const close = document.getElementById('close');
close.addEventListener('click', () => answer('refused'));
document.addEventListener('keydown', (event) => event.key === 'Escape' && answer('refused'));

// Whoever tabs out at one end comes in again at the other; whoever comes from outside begins at the bank's answer.
const [before, after] = document.querySelectorAll('.edge');
before.addEventListener('focus', (event) => enterBank(event.relatedTarget === close ? 'last' : 'first'));
after.addEventListener('focus', () => close.focus());

function enterBank(which) {
  bank.focus();
  bank.contentWindow.postMessage({ nonce: hello.nonce, focus: which }, ourOrigin);
}
// The page gives the focus to this frame; a frame cannot take it by itself.
bank.addEventListener('load', () => answer('loaded'));
