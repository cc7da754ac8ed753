// `Stripe(key)`: what a page calls, and what it is told.

class Elements {
  constructor(key) {
    this.key = key;
    this.group = nonce();
    this.made = {};
  }

  create(type, options = {}) {
    if (!(type in TITLES)) throw new IntegrationError(`The simulator's Elements play ${Object.keys(TITLES).join(', ')}, not '${type}'.`);
    if (this.getElement(type)) throw new IntegrationError(`Can only create one Element of type ${type} through the same Elements instance.`);
    this.made[type] = new CardElement(this, type, options);
    return this.made[type];
  }

  getElement(type) {
    const element = this.made[type];
    return element && !element.destroyed ? element : null;
  }

  isMounted(type) {
    const element = this.getElement(type);
    return Boolean(element && element.frame);
  }

  update() {}

  fetchUpdates() { return Promise.resolve({}); }
}

// An Element that stands for a card: the whole of it, or its number.
const isCard = (element) => element instanceof CardElement && ['card', 'cardNumber'].includes(element.type);

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

const PAYMENT = /^pi_\w+_secret_\w+$/;
const SETUP = /^seti_\w+_secret_\w+$/;

// Where an intent is read and confirmed, and what the page calls it.
const kindOf = (secret) => (SETUP.test(secret) ? ['setup_intents', 'setupIntent', 'setup_intent'] : ['payment_intents', 'paymentIntent', 'payment_intent']);

function checkSecret(secret, caller, forms = [PAYMENT]) {
  if (typeof secret === 'string' && forms.some((form) => form.test(secret))) return;
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
    if (type !== 'card' || !isCard(card)) {
      throw new IntegrationError('Invalid value for createPaymentMethod: give {type: "card", card} with a card Element.');
    }
    return card.create(rest);
  }

  async createToken(card, data = {}) {
    if (!isCard(card)) throw new IntegrationError('Invalid value for createToken: give a card Element.');
    const { name, address_line1, address_line2, address_city, address_state, address_zip, address_country, currency } = data;
    return card.token({ name, address_line1, address_line2, address_city, address_state, address_zip, address_country, currency });
  }

  async retrievePaymentIntent(secret) {
    checkSecret(secret, 'retrievePaymentIntent');
    return this._read(secret);
  }

  async retrieveSetupIntent(secret) {
    checkSecret(secret, 'retrieveSetupIntent', [SETUP]);
    return this._read(secret);
  }

  async _read(secret) {
    const [path, name] = kindOf(secret);
    const answer = await call('GET', `/v1/${path}/${secret.split('_secret_')[0]}`, { key: this._key, client_secret: secret });
    return answer.error ? { error: answer.error } : { [name]: answer };
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
    checkSecret(secret, 'handleNextAction', [PAYMENT, SETUP]);
    const read = await this._read(secret);
    const intent = read[kindOf(secret)[1]];
    return read.error || intent.status !== 'requires_action' ? read : this._act(intent);
  }

  async confirmCardPayment(secret, data = {}, options = {}) {
    checkSecret(secret, 'confirmCardPayment');
    return this._confirm(secret, data, options);
  }

  async confirmCardSetup(secret, data = {}, options = {}) {
    checkSecret(secret, 'confirmCardSetup', [SETUP]);
    return this._confirm(secret, data, options);
  }

  async _confirm(secret, data, options) {
    const [path, name] = kindOf(secret);
    const params = { key: this._key, client_secret: secret, use_stripe_sdk: 'true' };
    const method = data.payment_method;
    if (typeof method === 'string') params.payment_method = method;
    else if (method && isCard(method.card)) {
      const made = await method.card.create(method);
      if (made.error) return made;
      params.payment_method = made.paymentMethod.id;
    }
    if (data.return_url) params.return_url = data.return_url;
    const answer = await call('POST', `/v1/${path}/${secret.split('_secret_')[0]}/confirm`, params);
    if (answer.error) return { error: answer.error };
    if (answer.status === 'requires_action' && options.handleActions !== false) return this._act(answer);
    return { [name]: answer };
  }

  // Brings the customer's answer to the bank and tells what became of the intent.
  async _act(intent) {
    const [, name, field] = kindOf(intent.client_secret);
    const { type } = intent.next_action.use_stripe_sdk || {};
    const outcome = type === 'stripe_3ds2_fingerprint' ? 'authenticated' : await askCustomer(intent);
    const answer = await call('POST', '/v1/3ds2/authenticate', { key: this._key, client_secret: intent.client_secret, outcome });
    if (answer.error) return { error: answer.error };
    if (answer.status !== 'requires_payment_method') return { [name]: answer };
    const error = { ...(answer.last_payment_error || answer.last_setup_error), [field]: answer };
    if (/_intent_authentication_failure$/.test(error.code)) error.message = AUTHENTICATION_MESSAGE;
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
window.Stripe.version = SOURCE.pathname.startsWith('/v3') ? 3 : SOURCE.pathname.split('/')[1];
