// What each field says of itself: nothing when it is complete, or the code of what is wrong.

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
const faultOf = (code) => ({ type: 'validation_error', code, message: MESSAGES[code] });

// What the field with the number knows, where the fields are in frames of their own.
const heard = { code: 4, brand: 'unknown', country: '' };
const known = () => (hasNumber ? card() : heard);
const postcodes = () => POSTCODES[known().country];

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

// Three digits or four, as long as nobody knows whose card it is.
function readCvc() {
  const { brand, code } = known();
  const wanted = brand === 'unknown' ? [3, 4] : [code];
  return wanted.includes(cvc.value.length) ? '' : 'incomplete_cvc';
}

const readPostal = () => (postcodes().whole.test(postal.value.trim()) ? '' : 'incomplete_zip');
const readers = new Map([[number, readNumber], [expiry, readExpiry], [cvc, readCvc], [postal, readPostal]]);

const shown = () => inputs.filter((input) => !input.hidden);
const codeOf = (input) => readers.get(input)();
const firstOpen = () => shown().find((input) => codeOf(input)) || inputs[0];

// Unfinished is wrong only once the field has been left; a number that fails its checksum is wrong at once.
function visibleCode(input) {
  const code = codeOf(input);
  if (!code || (input.value === '' && input.dataset.left !== 'asked')) return '';
  if (!code.startsWith('incomplete')) return code;
  return input.dataset.left && input !== document.activeElement ? code : '';
}
