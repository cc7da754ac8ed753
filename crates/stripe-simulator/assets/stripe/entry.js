// `window.Stripe`.

/** @param {unknown} key @returns {asserts key is string} */
function checkKey(key) {
  if (typeof key !== 'string') throw new IntegrationError('Missing value for Stripe(): apiKey should be a string.');
  if (key === '') throw new IntegrationError('Please call Stripe() with your publishable key. You used an empty string.');
  if (/^(sk|rk)_/.test(key)) throw new IntegrationError('You should not use your secret key with Stripe.js.\n        Please pass a publishable key instead.');
  if (!/^pk_(test|live)_/.test(key)) throw new IntegrationError('Invalid API Key provided: this is not a publishable key.');
  if (key.startsWith('pk_live_') && location.protocol !== 'https:') {
    throw new IntegrationError('Live Stripe.js integrations must use HTTPS. For more information: https://stripe.com/docs/security/guide#tls');
  }
}

/** @type {import('@stripe/stripe-js').StripeConstructor} */
const Stripe = function Stripe(key) {
  checkKey(key);
  return Object.assign(new StripeClient(key), unplayed);
};
// Read by the loader on npm.
Object.assign(Stripe, { version: SOURCE.pathname.startsWith('/v3') ? 3 : SOURCE.pathname.split('/')[1] });
window.Stripe = Stripe;
