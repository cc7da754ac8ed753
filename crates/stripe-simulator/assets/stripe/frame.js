// The simulator's Stripe.js: the part of the real one that a till with a Card Element uses, under the same names.
// Card data never enters this page: the fields live in a frame of the simulator's origin, and so do the answers
// of the bank. This script only passes messages and ids.
// The parts in this folder are served as one script, in the order that `src/assets.rs` names.

/** @typedef {import('@stripe/stripe-js').StripeError} StripeError */

const SOURCE = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src);
// Custom schemes have no origin of their own in the URL standard.
const ORIGIN = SOURCE.origin === 'null' ? `${SOURCE.protocol}//${SOURCE.host}` : SOURCE.origin;
const CONNECTION_MESSAGE =
  'We are experiencing issues connecting to our payments provider. Please check your internet connection and try again.';

class IntegrationError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'IntegrationError';
  }
}

const nonce = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join('');

/** @typedef {{ [name: string]: any }} Message what passes between this page and a frame */

/** A frame of the simulator's origin, and the only messages that are believed to come from it. */
class Frame {
  /** @param {string} path @param {string} title @param {object} greeting */
  constructor(path, title, greeting) {
    this.nonce = nonce();
    /** @type {(message: Message) => void} */
    this.heard = () => {};
    const hello = { ...greeting, nonce: this.nonce, origin: location.origin };
    this.node = document.createElement('iframe');
    this.node.name = `__privateStripeFrame${Math.floor(Math.random() * 10000)}`;
    this.node.title = title;
    this.node.src = `${ORIGIN}${path}#${encodeURIComponent(JSON.stringify(hello))}`;
    this.node.setAttribute('allowtransparency', 'true');
    /** @param {MessageEvent} event */
    this.listener = (event) => {
      const ours = event.source === this.node.contentWindow && event.origin === ORIGIN;
      if (ours && event.data && event.data.nonce === this.nonce) this.heard(event.data);
    };
    window.addEventListener('message', this.listener);
  }

  /** @param {Message} message */
  say(message) {
    this.node.contentWindow?.postMessage({ ...message, nonce: this.nonce }, ORIGIN);
  }

  remove() {
    window.removeEventListener('message', this.listener);
    this.node.remove();
  }
}
