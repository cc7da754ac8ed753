// The card fields. This page belongs to the simulator's origin: what is typed here goes to the API and nowhere else.
'use strict';

const hello = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const form = document.getElementById('fields');
const icon = document.getElementById('icon');
const [number, expiry, cvc, postal] = ['cardnumber', 'exp-date', 'cvc', 'postal'].map((name) => form.elements[name]);
const all = [number, expiry, cvc, postal];
// One Element shows all fields, or one of several shows one each.
const OWN = { cardNumber: [number], cardExpiry: [expiry], cardCvc: [cvc], postalCode: [postal] };
const inputs = OWN[hello.element] || all;
const alone = inputs.length === 1;
let options = {};
let lastChange = '';
let ready = false;

// ---- Messages -------------------------------------------------------------------------------------------------------

const pageOrigin = hello.origin === 'null' ? '*' : hello.origin;

// A block, not an expression: WebKit makes that a tail call, and then may name the wrong window as the sender.
function tell(message) {
  parent.postMessage({ ...message, nonce: hello.nonce }, pageOrigin);
}

window.addEventListener('message', (event) => {
  const trusted = event.source === parent && (pageOrigin === '*' || event.origin === pageOrigin);
  if (!trusted || !event.data || event.data.nonce !== hello.nonce) return;
  const orders = { options: setOptions, clear, focus: () => firstOpen().focus(), blur: () => document.activeElement.blur(), create, token };
  const order = orders[event.data.order];
  if (order) order(event.data);
});

// ---- The other fields, where each is an Element of its own ------------------------------------------------------------

// Frames of one origin in one page hear each other; the page hears nothing of it.
const channel = hello.group ? new BroadcastChannel(`fields-${hello.group}`) : null;
// Digits of the code, as the field with the number tells.
let codeDigits = 3;

if (channel) {
  channel.addEventListener('message', ({ data }) => {
    if (data.codeDigits && !inputs.includes(number)) {
      codeDigits = data.codeDigits;
      tellChange();
    }
    if (data.ask) {
      const [input] = inputs;
      input.dataset.left = 'yes';
      tellChange();
      channel.postMessage({ answer: data.ask, name: input.name, value: input.value, code: codeOf(input) });
    }
  });
}

// What was typed into the other fields: name → { value, code }. One that does not answer in time is unfinished.
function gather(names) {
  const ask = Math.random().toString(36);
  const heard = {};
  return new Promise((settle) => {
    const finish = () => {
      channel.removeEventListener('message', hear);
      settle(heard);
    };
    const hear = ({ data }) => {
      if (data.answer !== ask) return;
      heard[data.name] = data;
      if (names.every((name) => heard[name])) finish();
    };
    channel.addEventListener('message', hear);
    channel.postMessage({ ask });
    setTimeout(finish, names.length ? 3000 : 0);
  });
}

// ---- Card numbers ---------------------------------------------------------------------------------------------------

// [brand, leading digits, lengths, digits of the code]
const BRANDS = [
  ['visa', /^4/, [16], 3],
  ['mastercard', /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16], 3],
  ['amex', /^3[47]/, [15], 4],
  ['diners', /^36/, [14], 3],
  ['diners', /^(30[0-5]|38|39)/, [14, 16], 3],
  ['discover', /^(6011|64[4-9]|65)/, [16], 3],
  ['jcb', /^35(2[89]|[3-8])/, [16], 3],
  ['unionpay', /^(62|81)/, [16, 17, 18, 19], 3],
];
const digits = (text) => text.replace(/\D/g, '');

function card() {
  const text = digits(number.value);
  const [brand, , lengths, code] = BRANDS.find(([, lead]) => lead.test(text)) || ['unknown', null, [16, 19], 3];
  return { text, brand, lengths, code, longest: Math.max(...lengths) };
}

function luhn(text) {
  const sum = [...text].reverse().reduce((total, digit, place) => {
    const worth = Number(digit) * (place % 2 ? 2 : 1);
    return total + (worth > 9 ? worth - 9 : worth);
  }, 0);
  return sum % 10 === 0;
}

// ---- What each field says: { empty, complete, code?, message? } ---------------------------------------------------------

const fault = (code, message) => ({ code, message });
const MESSAGES = {
  incomplete_number: 'Your card number is incomplete.',
  invalid_number: 'Your card number is invalid.',
  incomplete_expiry: 'Your card’s expiration date is incomplete.',
  invalid_expiry_month_past: 'Your card’s expiration date is in the past.',
  invalid_expiry_year_past: 'Your card’s expiration year is in the past.',
  invalid_expiry_year: 'Your card’s expiration year is invalid.',
  incomplete_cvc: 'Your card’s security code is incomplete.',
  incomplete_zip: 'Your postal code is incomplete.',
};

// Each reader gives '' for complete, or the code of what is wrong.
function readNumber() {
  const { text, lengths, longest } = card();
  if (lengths.includes(text.length) && luhn(text)) return '';
  return text.length >= longest ? 'invalid_number' : 'incomplete_number';
}

function readExpiry() {
  const text = digits(expiry.value);
  if (text.length < 4) return 'incomplete_expiry';
  const [month, year] = [Number(text.slice(0, 2)), 2000 + Number(text.slice(2))];
  const now = new Date();
  if (year < now.getFullYear()) return 'invalid_expiry_year_past';
  if (year > now.getFullYear() + 50) return 'invalid_expiry_year';
  return year === now.getFullYear() && month <= now.getMonth() ? 'invalid_expiry_month_past' : '';
}

const cvcLength = () => (inputs.includes(number) ? card().code : codeDigits);
const readCvc = () => (cvc.value.length === cvcLength() ? '' : 'incomplete_cvc');
// Five digits, or anything with a letter in it: the country of the card is not known here.
const readPostal = () => (/^(\d{5}(-\d{4})?|(?=.*[a-z])[a-z\d -]{3,10})$/i.test(postal.value.trim()) ? '' : 'incomplete_zip');
const readers = new Map([[number, readNumber], [expiry, readExpiry], [cvc, readCvc], [postal, readPostal]]);

const shown = () => inputs.filter((input) => !input.hidden);
const codeOf = (input) => readers.get(input)();
const firstOpen = () => shown().find((input) => codeOf(input)) || inputs[0];

// Unfinished is wrong only once the field has been left; a number that fails its checksum is wrong at once.
function visibleCode(input) {
  const code = codeOf(input);
  if (!code || input.value === '') return '';
  return code.startsWith('incomplete') && !(input.dataset.left && input !== document.activeElement) ? '' : code;
}

function tellChange() {
  const fields = shown();
  const code = fields.map(visibleCode).find(Boolean);
  const state = {
    empty: fields.every((input) => input.value === ''),
    complete: fields.every((input) => !codeOf(input)),
    brand: inputs.includes(number) ? card().brand : undefined,
    error: code ? { type: 'validation_error', ...fault(code, MESSAGES[code]) } : undefined,
    value: inputs.includes(postal) ? { postalCode: postal.value.trim() } : undefined,
  };
  if (channel && inputs.includes(number)) channel.postMessage({ codeDigits: card().code });
  paint(fields);
  const text = JSON.stringify(state);
  // What the fields are at first is no change.
  if (ready && text !== lastChange) tell({ news: 'change', state });
  lastChange = text;
}

function paint(fields) {
  for (const input of fields) {
    const wrong = Boolean(visibleCode(input));
    input.classList.toggle('invalid', wrong);
    input.classList.toggle('complete', !codeOf(input));
    input.classList.toggle('empty', input.value === '');
    input.setAttribute('aria-invalid', String(wrong));
  }
  if (alone && inputs.includes(number)) drawIcon(visibleCode(number) ? 'error' : card().brand);
  if (alone) return;
  const numbering = document.activeElement === number || Boolean(codeOf(number));
  form.classList.toggle('numbering', numbering);
  form.classList.toggle('short', form.clientWidth < 440);
  // A number that is in and left shows its end, where there is no room for all of it.
  if (!numbering) number.scrollLeft = number.scrollWidth;
  drawIcon(visibleCode(number) ? 'error' : card().brand);
}

// ---- Typing ---------------------------------------------------------------------------------------------------------

function formatNumber() {
  const { text, brand, longest } = card();
  const groups = brand === 'amex' ? /^(\d{1,4})(\d{1,6})?(\d{1,5})?/ : /\d{1,4}/g;
  const cut = text.slice(0, longest);
  const parts = brand === 'amex' ? (cut.match(groups) || []).slice(1) : cut.match(groups) || [];
  return parts.filter(Boolean).join(' ');
}

function formatExpiry(deleting) {
  let text = digits(expiry.value);
  if (/^\s*\d\s*\//.test(expiry.value) || /^[2-9]/.test(text)) text = `0${text}`;
  if (/^1[3-9]/.test(text)) text = `0${text}`;
  if (/^00/.test(text)) text = '0';
  // A pasted or filled-in date may have a year of four digits.
  if (/^\d{2}20\d{2}$/.test(text)) text = text.slice(0, 2) + text.slice(4);
  text = text.slice(0, 4);
  if (text.length < 2 || (text.length === 2 && deleting)) return text;
  return `${text.slice(0, 2)} / ${text.slice(2)}`;
}

// Replaces the value and keeps the caret behind the same digit.
function rewrite(input, value) {
  const caret = input.selectionStart;
  const atEnd = caret === input.value.length;
  const before = digits(input.value.slice(0, caret)).length;
  input.value = value;
  if (document.activeElement !== input) return;
  let place = value.length;
  if (!atEnd) for (place = 0; digits(value.slice(0, place)).length < before; ) place += 1;
  input.setSelectionRange(place, place);
}

form.addEventListener('input', ({ target, inputType = '' }) => {
  const deleting = inputType.startsWith('delete');
  if (target === number) rewrite(number, formatNumber());
  if (target === expiry) rewrite(expiry, formatExpiry(deleting));
  if (target === cvc) cvc.value = digits(cvc.value).slice(0, cvcLength());
  delete target.dataset.left;
  tellChange();
  const longEnough = target !== number || card().text.length === card().longest;
  const atEnd = target.selectionStart === target.value.length;
  const filled = target !== postal && !deleting && atEnd && longEnough && !codeOf(target);
  if (filled && target === document.activeElement) next(target, 1);
});

function next(input, step) {
  const fields = shown();
  const other = fields[fields.indexOf(input) + step];
  if (!other) return;
  other.focus();
  const end = other.value.length;
  other.setSelectionRange(step > 0 ? 0 : end, end);
}

form.addEventListener('keydown', (event) => {
  const { key, target } = event;
  if (key === 'Enter') {
    event.preventDefault();
    if (!event.repeat) tell({ news: 'submit' });
  } else if (key === 'Escape') {
    tell({ news: 'escape' });
  } else if (key === 'Backspace') {
    backspace(event, target);
  } else if (key.length === 1 && target !== postal && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (!/[\d /-]/.test(key)) event.preventDefault();
  }
});

// Backspace goes over the spaces that formatting put there, and from an empty field to the one before.
function backspace(event, input) {
  const caret = input.selectionStart;
  if (caret !== input.selectionEnd) return;
  if (input.value === '') {
    event.preventDefault();
    next(input, -1);
  } else if (caret > 0 && /[ /]/.test(input.value[caret - 1]) && input !== postal) {
    const digit = input.value.slice(0, caret).search(/\d[ /]*$/);
    if (digit >= 0) input.setSelectionRange(digit + 1, digit + 1);
  }
}

form.addEventListener('submit', (event) => event.preventDefault());

// Focus moving between the fields is no news for the page.
let inside = false;
form.addEventListener('focusin', () => {
  if (!inside) tell({ news: 'focus' });
  inside = true;
  tellChange();
});
form.addEventListener('focusout', (event) => {
  event.target.dataset.left = 'yes';
  setTimeout(() => {
    if (inside && !(document.hasFocus() && inputs.includes(document.activeElement))) {
      inside = false;
      tell({ news: 'blur' });
    }
    tellChange();
  });
});

// ---- Orders of the page ---------------------------------------------------------------------------------------------

function clear() {
  for (const input of inputs) {
    input.value = '';
    delete input.dataset.left;
  }
  tellChange();
}

function setOptions(order) {
  options = order.options;
  for (const input of all) input.hidden = !inputs.includes(input);
  if (!alone) postal.hidden = Boolean(options.hidePostalCode);
  icon.hidden = alone ? !(options.showIcon && inputs.includes(number)) : Boolean(options.hideIcon);
  if (alone && options.placeholder !== undefined) inputs[0].placeholder = options.placeholder;
  form.classList.toggle('alone', alone);
  for (const input of inputs) input.disabled = Boolean(options.disabled);
  const given = alone ? options.value : options.value && options.value.postalCode;
  if (typeof given === 'string' && inputs.includes(postal)) postal.value = given;
  applyStyle(options.style || {});
  tellHeight();
  tellChange();
  if (order.first) {
    ready = true;
    tell({ news: 'ready' });
  }
}

function tellHeight() {
  const size = parseFloat(getComputedStyle(inputs[0]).fontSize);
  tell({ news: 'height', height: Math.max(Math.ceil(size * 1.35), 20) });
}

async function create({ id, others, billing_details: billing, metadata }) {
  const result = await whenComplete(others, (typed) => send('/v1/payment_methods', 'paymentMethod', typed, (body) => {
    const address = { ...(billing.address || {}) };
    if (typed.postal && address.postal_code === undefined) address.postal_code = typed.postal.value.trim();
    body.set('type', 'card');
    append(body, 'billing_details', { ...billing, address });
    append(body, 'metadata', metadata);
  }));
  tell({ news: 'created', id, result });
}

async function token({ id, others, data }) {
  const result = await whenComplete(others, (typed) => {
    const card = { ...data };
    if (typed.postal && card.address_zip === undefined) card.address_zip = typed.postal.value.trim();
    return send('/v1/tokens', 'token', typed, (body) => append(body, 'card', card));
  });
  tell({ news: 'created', id, result });
}

const UNFINISHED = { 'exp-date': 'incomplete_expiry', cvc: 'incomplete_cvc', postal: 'incomplete_zip' };

// What is unfinished is told in the fields and goes nowhere. `others` are the fields in frames of their own.
async function whenComplete(others, action) {
  const typed = channel ? await gather(others) : {};
  for (const name of others.filter((name) => !typed[name])) typed[name] = { value: '', code: UNFINISHED[name] };
  for (const input of inputs) input.dataset.left = 'yes';
  for (const input of shown()) typed[input.name] = { value: input.value, code: codeOf(input) };
  tellChange();
  const order = all.map((input) => typed[input.name]).filter(Boolean);
  const code = order.map((field) => field.code).find(Boolean);
  return code ? { error: { type: 'validation_error', ...fault(code, MESSAGES[code]) } } : action(typed);
}

async function send(path, name, typed, complete) {
  const written = (field) => (typed[field] ? typed[field].value : '');
  const date = digits(written('exp-date'));
  const body = new URLSearchParams({ key: hello.key, payment_user_agent: 'stripe-simulator', referrer: document.referrer });
  body.set('card[number]', card().text);
  body.set('card[exp_month]', String(Number(date.slice(0, 2))));
  body.set('card[exp_year]', date.slice(2));
  append(body, 'card[cvc]', written('cvc'));
  complete(body);
  try {
    const response = await fetch(path, { method: 'POST', body });
    const answer = await response.json();
    return answer.error ? { error: answer.error } : { [name]: answer };
  } catch {
    const message = 'We are experiencing issues connecting to our payments provider. Please check your internet connection and try again.';
    return { error: { type: 'api_connection_error', message } };
  }
}

// Nested names as the API takes them; what is empty is left out.
function append(body, name, value) {
  if (value === null || value === undefined || value === '') return;
  if (typeof value !== 'object') return body.append(name, String(value));
  for (const [key, inner] of Object.entries(value)) append(body, `${name}[${key}]`, inner);
}

new ResizeObserver(() => paint(shown())).observe(form);
number.addEventListener('transitionend', () => paint(shown()));
if (navigator.language === 'en-US') postal.placeholder = 'ZIP';
tell({ news: 'loaded' });
