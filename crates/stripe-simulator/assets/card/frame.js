// The card fields. This page belongs to the simulator's origin: what is typed here goes to the API and nowhere else.
// The parts in this folder are served as one script, in the order that `src/assets.rs` names.

const hello = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const pageOrigin = hello.origin === 'null' ? '*' : hello.origin;

const form = document.getElementById('fields');
const icon = document.getElementById('icon');
const said = document.getElementById('said');
const [number, expiry, cvc, postal] = ['cardnumber', 'exp-date', 'cvc', 'postal'].map((name) => form.elements[name]);
const all = [number, expiry, cvc, postal];
// One Element shows all fields, or one of several shows one each.
const OWN = { cardNumber: [number], cardExpiry: [expiry], cardCvc: [cvc], postalCode: [postal] };
const inputs = OWN[hello.element] || all;
const alone = inputs.length === 1;
const hasNumber = inputs.includes(number);

// A block, not an expression: WebKit makes that a tail call, and then may name the wrong window as the sender.
function tell(message) {
  parent.postMessage({ ...message, nonce: hello.nonce }, pageOrigin);
}

const digits = (text) => text.replace(/\D/g, '');
