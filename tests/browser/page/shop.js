// What a shop's page does, and what a test wants to know of it afterwards.
'use strict';

const shop = { events: [], messages: [], submitted: 0, results: {}, made: {} };

window.addEventListener('message', (event) => shop.messages.push(JSON.stringify(event.data)));
document.addEventListener('submit', (event) => {
  event.preventDefault();
  shop.submitted += 1;
});

const EVENTS = ['ready', 'change', 'focus', 'blur', 'escape', 'networkschange', 'loaderror'];
const PLACES = { card: 'card', cardNumber: 'number', cardExpiry: 'expiry', cardCvc: 'code', postalCode: 'postcode' };

// Puts Elements of these types on the page, all of one card.
function put(types, options = {}) {
  shop.stripe ||= Stripe('pk_test_shop');
  shop.elements ||= shop.stripe.elements();
  for (const type of types) {
    const element = shop.elements.create(type, options);
    for (const name of EVENTS) element.on(name, (event) => shop.events.push(JSON.parse(JSON.stringify({ name, ...event }))));
    element.mount(`#${PLACES[type]}`);
    shop.made[type] = element;
  }
}

// The style that a careful shop gives, from its own colours.
function shopStyle() {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return {
    base: { color: colour('--ink'), iconColor: colour('--quiet'), fontSize: '17px', lineHeight: '28px', '::placeholder': { color: colour('--quiet') } },
    invalid: { color: colour('--declined'), iconColor: colour('--declined') },
  };
}

// Begins a call and keeps what comes of it under `name`, as text that a driver can carry.
function begin(name, call) {
  delete shop.results[name];
  const keep = (outcome) => (shop.results[name] = JSON.parse(JSON.stringify(outcome)));
  Promise.resolve().then(call).then(keep, (error) => keep({ threw: { name: error.name, message: error.message } }));
}
