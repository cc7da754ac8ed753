// The simulator's Stripe.js: the part of the real one that a till with a Card Element uses, under the same names.
// Card data never enters this page: the fields live in a frame of the simulator's origin, and so do the answers
// of the bank. This script only passes messages and ids.
(function () {
  'use strict';

  const SOURCE = new URL(document.currentScript.src);
  // Custom schemes have no origin of their own in the URL standard.
  const ORIGIN = SOURCE.origin === 'null' ? `${SOURCE.protocol}//${SOURCE.host}` : SOURCE.origin;
  const CONNECTION_MESSAGE =
    'We are experiencing issues connecting to our payments provider. Please check your internet connection and try again.';
  const AUTHENTICATION_MESSAGE =
    'We are unable to authenticate your payment method. Please choose a different payment method and try again.';
  const EVENTS = ['ready', 'change', 'focus', 'blur', 'escape', 'networkschange', 'loaderror'];
  const CLASSES = {
    base: 'StripeElement',
    complete: 'StripeElement--complete',
    empty: 'StripeElement--empty',
    focus: 'StripeElement--focus',
    invalid: 'StripeElement--invalid',
    webkitAutofill: 'StripeElement--webkit-autofill',
  };

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = 'IntegrationError';
    }
  }

  const nonce = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join('');

  // A frame of the simulator's origin, and the only messages that are believed to come from it.
  class Frame {
    constructor(path, title, greeting) {
      this.nonce = nonce();
      this.heard = () => {};
      const hello = { ...greeting, nonce: this.nonce, origin: location.origin };
      this.node = document.createElement('iframe');
      this.node.name = `__privateStripeFrame${Math.floor(Math.random() * 10000)}`;
      this.node.title = title;
      this.node.src = `${ORIGIN}${path}#${encodeURIComponent(JSON.stringify(hello))}`;
      this.node.setAttribute('allowtransparency', 'true');
      this.listener = (event) => {
        const ours = event.source === this.node.contentWindow && event.origin === ORIGIN;
        if (ours && event.data && event.data.nonce === this.nonce) this.heard(event.data);
      };
      window.addEventListener('message', this.listener);
    }

    say(message) {
      if (this.node.contentWindow) this.node.contentWindow.postMessage({ ...message, nonce: this.nonce }, ORIGIN);
    }

    remove() {
      window.removeEventListener('message', this.listener);
      this.node.remove();
    }
  }

  class CardElement {
    constructor(key, options) {
      this.key = key;
      this.options = { ...options };
      this.listeners = new Map(EVENTS.map((name) => [name, []]));
      this.waiting = new Map();
      this.state = { empty: true, complete: false };
      this.focused = false;
      this.frame = null;
      this.mountNode = null;
      this.destroyed = false;
    }

    mount(target) {
      if (this.destroyed) throw new IntegrationError('This Element has already been destroyed. Please create a new one.');
      const node = typeof target === 'string' ? document.querySelector(target) : target;
      if (!node) throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.`);
      if (this.mountNode === node) return;
      if (this.frame) this.unmount();
      this.mountNode = node;
      node.textContent = '';
      this.frame = new Frame('/elements/card.html', 'Secure card payment input frame', { key: this.key });
      this.frame.heard = (message) => this.hear(message);
      this.frame.node.addEventListener('error', () => this.emit('loaderror', { error: { type: 'api_connection_error' } }));
      Object.assign(this.frame.node.style, {
        border: '0', display: 'block', width: '100%', height: '1.2em', minWidth: '0', background: 'transparent',
        colorScheme: 'light', userSelect: 'none',
      });
      // A click beside the fields, on the padding of the box, means the fields.
      this.clicked = (event) => event.target === node && this.focus();
      node.addEventListener('click', this.clicked);
      node.append(this.frame.node);
      this.paint();
    }

    unmount() {
      if (!this.frame) return;
      this.frame.remove();
      this.mountNode.removeEventListener('click', this.clicked);
      this.mountNode.classList.remove(...Object.values(this.classes()));
      for (const settle of this.waiting.values()) settle({ error: { type: 'api_error', message: 'The card Element was removed.' } });
      this.waiting.clear();
      this.frame = null;
      this.mountNode = null;
      this.state = { empty: true, complete: false };
      this.focused = false;
    }

    destroy() {
      this.unmount();
      this.destroyed = true;
      for (const name of EVENTS) this.listeners.set(name, []);
    }

    update(options) {
      const { disableLink, preferredNetwork, ...changeable } = options || {};
      Object.assign(this.options, changeable);
      this.tell({ order: 'options', options: this.frameOptions() });
      this.paint();
      return this;
    }

    clear() {
      this.tell({ order: 'clear' });
    }

    focus() {
      if (!this.frame) return;
      this.frame.node.focus();
      this.tell({ order: 'focus' });
    }

    blur() {
      this.tell({ order: 'blur' });
    }

    on(name, heard) {
      if (!this.listeners.has(name)) throw new IntegrationError(`Invalid event name: ${name}.`);
      this.listeners.get(name).push(heard);
      return this;
    }

    once(name, heard) {
      const first = (event) => {
        this.off(name, first);
        heard(event);
      };
      return this.on(name, first);
    }

    off(name, heard) {
      const kept = (this.listeners.get(name) || []).filter((known) => heard && known !== heard);
      this.listeners.set(name, kept);
      return this;
    }

    // Asks the frame to make a payment method; the number stays there.
    create(data) {
      if (!this.frame) throw new IntegrationError('We could not retrieve data from the specified Element. Please make sure the Element you are attempting to use is still mounted.');
      const id = nonce();
      this.tell({ order: 'create', id, billing_details: data.billing_details || {}, metadata: data.metadata || {} });
      return new Promise((settle) => this.waiting.set(id, settle));
    }

    emit(name, event) {
      for (const heard of [...this.listeners.get(name)]) heard({ elementType: 'card', ...event });
    }

    tell(message) {
      if (this.frame) this.frame.say(message);
    }

    hear(message) {
      switch (message.news) {
        case 'loaded':
          return this.tell({ order: 'options', options: this.frameOptions(), first: true });
        case 'ready':
          return this.emit('ready', {});
        case 'height':
          this.frame.node.style.height = `${message.height}px`;
          return;
        case 'change':
          this.state = message.state;
          this.paint();
          return this.emit('change', message.state);
        case 'focus':
        case 'blur':
          this.focused = message.news === 'focus';
          this.paint();
          return this.emit(message.news, {});
        case 'escape':
          return this.emit('escape', {});
        case 'submit':
          return this.submit();
        case 'created': {
          const settle = this.waiting.get(message.id);
          this.waiting.delete(message.id);
          if (settle) settle(message.result);
        }
      }
    }

    // Enter in a field submits the form around the Element, as it would from an ordinary input.
    submit() {
      const form = this.mountNode.closest('form');
      if (form) form.requestSubmit();
    }

    frameOptions() {
      const { style, hidePostalCode, disabled, hideIcon, iconStyle, value } = this.options;
      return JSON.parse(JSON.stringify({ style, hidePostalCode, disabled, hideIcon, iconStyle, value }));
    }

    classes() {
      return { ...CLASSES, ...this.options.classes };
    }

    paint() {
      if (!this.mountNode) return;
      const names = this.classes();
      const list = this.mountNode.classList;
      list.add(names.base);
      list.toggle(names.empty, this.state.empty);
      list.toggle(names.complete, this.state.complete);
      list.toggle(names.invalid, Boolean(this.state.error));
      list.toggle(names.focus, this.focused);
    }
  }

  class Elements {
    constructor(key) {
      this.key = key;
      this.card = null;
    }

    create(type, options = {}) {
      if (type !== 'card') throw new IntegrationError(`The simulator's Elements play 'card' only, not '${type}'.`);
      if (this.card && !this.card.destroyed) throw new IntegrationError('Can only create one Element of type card through the same Elements instance.');
      this.card = new CardElement(this.key, options);
      return this.card;
    }

    getElement(type) {
      return type === 'card' && this.card && !this.card.destroyed ? this.card : null;
    }

    update() {}

    fetchUpdates() { return Promise.resolve({}); }
  }

  // One call to the API; never rejects.
  async function call(method, path, params) {
    const form = new URLSearchParams(params);
    const options = method === 'GET' ? {} : { method, body: form };
    const address = method === 'GET' ? `${path}?${form}` : path;
    try {
      const response = await fetch(`${ORIGIN}${address}`, { ...options, credentials: 'omit', cache: 'no-store' });
      return await response.json();
    } catch {
      return { error: { type: 'api_connection_error', message: CONNECTION_MESSAGE } };
    }
  }

  // Whether the page around us is dark, so that the dialog is too.
  function isDark() {
    for (const node of [document.body, document.documentElement]) {
      const [r, g, b, alpha = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
      if (alpha > 0.5) return r * 0.3 + g * 0.59 + b * 0.11 < 128;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches;
  }

  // Shows the bank's page over everything until it is answered; 'authenticated' or 'refused'.
  function askCustomer(intent) {
    const before = document.activeElement;
    const frame = new Frame('/3ds/dialog.html', 'Secure 3D Secure frame', {
      amount: intent.amount, currency: intent.currency, dark: isDark(),
    });
    Object.assign(frame.node.style, {
      border: '0', position: 'fixed', inset: '0', width: '100%', height: '100%', zIndex: '2147483647',
      background: 'transparent', colorScheme: 'light',
    });
    frame.node.setAttribute('role', 'dialog');
    frame.node.setAttribute('aria-modal', 'true');
    // Nothing behind the dialog can be reached while it is open.
    const behind = Array.from(document.body.children).filter((node) => !node.inert);
    for (const node of behind) node.inert = true;
    document.body.append(frame.node);
    frame.node.addEventListener('load', () => frame.node.focus());
    return new Promise((settle) => {
      frame.heard = ({ outcome }) => {
        frame.remove();
        for (const node of behind) node.inert = false;
        if (before && before.focus) before.focus();
        settle(outcome === 'authenticated' ? 'authenticated' : 'refused');
      };
    });
  }

  function checkSecret(secret, caller) {
    if (typeof secret === 'string' && /^pi_\w+_secret_\w+$/.test(secret)) return;
    throw new IntegrationError(`Invalid value for stripe.${caller} intent secret: value should be a client secret of the form \${id}_secret_\${secret}.`);
  }

  class StripeClient {
    constructor(key) {
      this._key = key;
    }

    elements() {
      return new Elements(this._key);
    }

    async createPaymentMethod(data, ...old) {
      // The older form names the type first: ('card', element, data).
      const { type, card, ...rest } = typeof data === 'string' ? { type: data, card: old[0], ...old[1] } : data || {};
      if (type !== 'card' || !(card instanceof CardElement)) {
        throw new IntegrationError('Invalid value for createPaymentMethod: give {type: "card", card} with a card Element.');
      }
      return card.create(rest);
    }

    async retrievePaymentIntent(secret) {
      checkSecret(secret, 'retrievePaymentIntent');
      const id = secret.split('_secret_')[0];
      const answer = await call('GET', `/v1/payment_intents/${id}`, { key: this._key, client_secret: secret });
      return answer.error ? { error: answer.error } : { paymentIntent: answer };
    }

    async handleCardAction(secret) {
      checkSecret(secret, 'handleCardAction');
      const read = await this.retrievePaymentIntent(secret);
      if (read.error) return read;
      if (read.paymentIntent.status !== 'requires_action') {
        const message = 'handleCardAction: The PaymentIntent supplied is not in the requires_action state.';
        const code = 'payment_intent_unexpected_state';
        return { error: { type: 'invalid_request_error', code, message, payment_intent: read.paymentIntent } };
      }
      return this._act(read.paymentIntent);
    }

    async handleNextAction(options) {
      const secret = options && options.clientSecret;
      checkSecret(secret, 'handleNextAction');
      const read = await this.retrievePaymentIntent(secret);
      if (read.error || read.paymentIntent.status !== 'requires_action') return read;
      return this._act(read.paymentIntent);
    }

    async confirmCardPayment(secret, data = {}, options = {}) {
      checkSecret(secret, 'confirmCardPayment');
      const params = { key: this._key, client_secret: secret, use_stripe_sdk: 'true' };
      const method = data.payment_method;
      if (typeof method === 'string') params.payment_method = method;
      else if (method && method.card instanceof CardElement) {
        const made = await method.card.create(method);
        if (made.error) return made;
        params.payment_method = made.paymentMethod.id;
      }
      if (data.return_url) params.return_url = data.return_url;
      const answer = await call('POST', `/v1/payment_intents/${secret.split('_secret_')[0]}/confirm`, params);
      if (answer.error) return { error: answer.error };
      if (answer.status === 'requires_action' && options.handleActions !== false) return this._act(answer);
      return { paymentIntent: answer };
    }

    // Brings the customer's answer to the bank and tells what became of the intent.
    async _act(intent) {
      const { type } = intent.next_action.use_stripe_sdk || {};
      const outcome = type === 'stripe_3ds2_fingerprint' ? 'authenticated' : await askCustomer(intent);
      const answer = await call('POST', '/v1/3ds2/authenticate', { key: this._key, client_secret: intent.client_secret, outcome });
      if (answer.error) return { error: answer.error };
      if (answer.status !== 'requires_payment_method') return { paymentIntent: answer };
      const error = { ...answer.last_payment_error, payment_intent: answer };
      if (error.code === 'payment_intent_authentication_failure') error.message = AUTHENTICATION_MESSAGE;
      return { error };
    }

    registerAppInfo() {}
    _registerWrapper() {}
  }

  function checkKey(key) {
    if (typeof key !== 'string') throw new IntegrationError('Missing value for Stripe(): apiKey should be a string.');
    if (key === '') throw new IntegrationError('Please call Stripe() with your publishable key. You used an empty string.');
    if (/^(sk|rk)_/.test(key)) throw new IntegrationError('You should not use your secret key with Stripe.js.\n        Please pass a publishable key instead.');
    if (!/^pk_(test|live)_/.test(key)) throw new IntegrationError('Invalid API Key provided: this is not a publishable key.');
    if (key.startsWith('pk_live_') && location.protocol !== 'https:') {
      throw new IntegrationError('Live Stripe.js integrations must use HTTPS. For more information: https://stripe.com/docs/security/guide#tls');
    }
  }

  window.Stripe = function Stripe(key) {
    checkKey(key);
    return new StripeClient(key);
  };
  window.Stripe.version = SOURCE.pathname.startsWith('/v3') ? 3 : 'dahlia';
})();
