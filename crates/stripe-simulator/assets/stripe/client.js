// What `Stripe(key)` gives: what a page calls, and what it is told.

/** @typedef {import('@stripe/stripe-js').PaymentIntent} PaymentIntent */
/** @typedef {import('@stripe/stripe-js').SetupIntent} SetupIntent */
/** @typedef {Promise<{ paymentIntent: PaymentIntent, error?: undefined } | { paymentIntent?: undefined, error: StripeError }>} PaymentOutcome */
/** @typedef {Promise<{ setupIntent: SetupIntent, error?: undefined } | { setupIntent?: undefined, error: StripeError }>} SetupOutcome */
/** @typedef {{ [name: string]: any }} Params */

const AUTHENTICATION_MESSAGE =
  'We are unable to authenticate your payment method. Please choose a different payment method and try again.';
const PAYMENT = /^pi_\w+_secret_\w+$/;
const SETUP = /^seti_\w+_secret_\w+$/;

/**
 * One call to the API; never rejects.
 * @param {'GET' | 'POST'} method @param {string} path @param {Params} params @returns {Promise<any>}
 */
async function call(method, path, params) {
  const form = new URLSearchParams();
  append(form, params);
  const address = method === 'GET' ? `${path}?${form}` : path;
  try {
    const body = method === 'GET' ? undefined : form;
    const response = await fetch(`${ORIGIN}${address}`, { method, body, credentials: 'omit', cache: 'no-store' });
    return await response.json();
  } catch {
    return { error: { type: 'api_connection_error', message: CONNECTION_MESSAGE } };
  }
}

/** Nested names as the API takes them. @param {URLSearchParams} form @param {Params} params */
function append(form, params, around = '') {
  for (const [key, value] of Object.entries(params)) {
    const name = around ? `${around}[${key}]` : key;
    if (value === null || value === undefined) continue;
    if (typeof value === 'object') append(form, value, name);
    else form.append(name, String(value));
  }
}

/** Where an intent is read and confirmed, and what the page calls it. @param {string} secret */
const kindOf = (secret) =>
  SETUP.test(secret)
    ? { path: 'setup_intents', name: 'setupIntent', field: 'setup_intent' }
    : { path: 'payment_intents', name: 'paymentIntent', field: 'payment_intent' };

/** @param {unknown} secret @param {string} caller @returns {asserts secret is string} */
function checkSecret(secret, caller, forms = [PAYMENT]) {
  if (typeof secret === 'string' && forms.some((form) => form.test(secret))) return;
  throw new IntegrationError(`Invalid value for stripe.${caller} intent secret: value should be a client secret of the form \${id}_secret_\${secret}.`);
}

class StripeClient {
  /** @param {string} key */
  constructor(key) {
    this._key = key;
  }

  elements() {
    return new Elements(this._key);
  }

  /** @param {any} data @param {any[]} old @returns {Promise<any>} */
  async createPaymentMethod(data, ...old) {
    // The older form names the type first: ('card', element, data).
    const { type, card, ...rest } = typeof data === 'string' ? { type: data, card: old[0], ...old[1] } : data || {};
    if (type === 'card' && isCard(card)) return card.ask('create', rest);
    if (type !== 'card' || !card || typeof card.token !== 'string') {
      throw new IntegrationError('Invalid value for createPaymentMethod: give {type: "card", card} with a card Element, or with {token} for a card.');
    }
    const made = await call('POST', '/v1/payment_methods', { key: this._key, type, card: { token: card.token }, ...rest });
    return made.error ? { error: made.error } : { paymentMethod: made };
  }

  /** @param {any} card @param {Params} [data] @returns {Promise<any>} */
  async createToken(card, data = {}) {
    if (!isCard(card)) throw new IntegrationError('Invalid value for createToken: the simulator makes tokens of card Elements only.');
    const { name, address_line1, address_line2, address_city, address_state, address_zip, address_country, currency } = data;
    return card.ask('token', { name, address_line1, address_line2, address_city, address_state, address_zip, address_country, currency });
  }

  /** @param {string} secret @returns {PaymentOutcome} */
  async retrievePaymentIntent(secret) {
    checkSecret(secret, 'retrievePaymentIntent');
    return this._read(secret);
  }

  /** @param {string} secret @returns {SetupOutcome} */
  async retrieveSetupIntent(secret) {
    checkSecret(secret, 'retrieveSetupIntent', [SETUP]);
    return this._read(secret);
  }

  /** @param {string} secret @returns {Promise<any>} */
  async _read(secret) {
    const { path, name } = kindOf(secret);
    const answer = await call('GET', `/v1/${path}/${secret.split('_secret_')[0]}`, { key: this._key, client_secret: secret });
    return answer.error ? { error: answer.error } : { [name]: answer };
  }

  /** @param {string} secret @returns {PaymentOutcome} */
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

  /** @param {Params} options with `clientSecret` @returns {Promise<any>} */
  async handleNextAction(options) {
    const secret = options && options.clientSecret;
    checkSecret(secret, 'handleNextAction', [PAYMENT, SETUP]);
    const read = await this._read(secret);
    const intent = read[kindOf(secret).name];
    return read.error || intent.status !== 'requires_action' ? read : this._act(intent);
  }

  /** @param {string} secret @param {Params} [data] @param {{ handleActions?: boolean }} [options] @returns {PaymentOutcome} */
  async confirmCardPayment(secret, data = {}, options = {}) {
    checkSecret(secret, 'confirmCardPayment');
    return this._confirm(secret, data, options);
  }

  /** @param {string} secret @param {Params} [data] @param {{ handleActions?: boolean }} [options] @returns {SetupOutcome} */
  async confirmCardSetup(secret, data = {}, options = {}) {
    checkSecret(secret, 'confirmCardSetup', [SETUP]);
    return this._confirm(secret, data, options);
  }

  /** @param {string} secret @param {Params} data @param {{ handleActions?: boolean }} options @returns {Promise<any>} */
  async _confirm(secret, { payment_method: method, ...rest }, options) {
    const { path, name } = kindOf(secret);
    let id = method;
    if (method && typeof method === 'object') {
      const made = await this.createPaymentMethod({ type: 'card', ...method });
      if (made.error) return made;
      id = made.paymentMethod.id;
    }
    const params = { key: this._key, client_secret: secret, use_stripe_sdk: true, payment_method: id, ...rest };
    const answer = await call('POST', `/v1/${path}/${secret.split('_secret_')[0]}/confirm`, params);
    if (answer.error) return { error: answer.error };
    if (answer.status === 'requires_action' && options.handleActions !== false) return this._act(answer);
    return { [name]: answer };
  }

  /** Brings the customer's answer to the bank and tells what became of the intent. @param {any} intent @returns {Promise<any>} */
  async _act(intent) {
    const secret = intent.client_secret;
    const { name, field } = kindOf(secret);
    const { type } = intent.next_action.use_stripe_sdk || {};
    const isAnswered = async () => {
      const { [name]: now } = await this._read(secret);
      return Boolean(now) && now.status !== 'requires_action';
    };
    const outcome = type === 'stripe_3ds2_fingerprint' ? 'authenticated' : await askCustomer(intent, isAnswered);
    const answer =
      outcome === 'elsewhere'
        ? await this._read(secret).then((read) => read[name] || read)
        : await call('POST', '/v1/3ds2/authenticate', { key: this._key, client_secret: secret, outcome });
    if (answer.error) return { error: answer.error };
    if (answer.status !== 'requires_payment_method') return { [name]: answer };
    const error = { ...(answer.last_payment_error || answer.last_setup_error), [field]: answer };
    if (/_intent_authentication_failure$/.test(error.code)) error.message = AUTHENTICATION_MESSAGE;
    return { error };
  }

  registerAppInfo() {}
  _registerWrapper() {}
}
