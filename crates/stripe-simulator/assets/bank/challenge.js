// The bank's page, as a test bank has it: two buttons.
'use strict';

const hello = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const ZERO_DECIMAL = /^(bif|clp|djf|gnf|jpy|kmf|krw|mga|pyg|rwf|vnd|vuv|xaf|xof|xpf)$/;
const ourOrigin = location.origin === 'null' ? '*' : location.origin;

// A block, not an expression: WebKit makes that a tail call, and then names the wrong window as the sender.
function answer(outcome) {
  parent.postMessage({ nonce: hello.nonce, outcome }, ourOrigin);
}

document.documentElement.dataset.theme = hello.dark ? 'dark' : 'light';

// A card that is only saved has no amount.
function what() {
  if (hello.amount === undefined) return 'Your bank is asked to let this card be saved.';
  const units = ZERO_DECIMAL.test(hello.currency) ? hello.amount : hello.amount / 100;
  const amount = new Intl.NumberFormat('en', { style: 'currency', currency: hello.currency }).format(units);
  return `Your bank is asked to approve ${amount}.`;
}
document.getElementById('what').textContent = what();

const complete = document.getElementById('test-source-authorize-3ds');
const fail = document.getElementById('test-source-fail-3ds');
complete.addEventListener('click', () => answer('authenticated'));
fail.addEventListener('click', () => answer('refused'));
document.addEventListener('keydown', (event) => event.key === 'Escape' && answer('refused'));

// The dialog around says at which end the focus comes in.
window.addEventListener('message', ({ source, data }) => {
  if (source === parent && data && data.nonce === hello.nonce) (data.focus === 'last' ? fail : complete).focus();
});
