// What the digits of a card say: its brand, its length, its country.

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
// The digits 7 to 9 of a test card from abroad are its country's number in ISO 3166.
const ABROAD = /^(?:400000|400005|520000|555555)(\d{3})/;
const LETTERED = { 124: 'CA', 826: 'GB' };
const OTHERS = new Set(
  '032 036 040 056 076 100 112 152 156 158 170 188 191 196 203 208 218 233 246 250 276 292 300 344 348 356 372 380 392 428 438 440 442 458 470 484 528 554 578 591 600 604 616 620 642 682 702 703 705 724 752 756 764 784 858'.split(' '),
);
// Two networks on one card: [number, the second network].
const CO_BRANDED = {
  4000002500001001: 'cartes_bancaires',
  5555552500001001: 'cartes_bancaires',
  4000050360000001: 'eftpos_au',
  5555050360000080: 'eftpos_au',
};

function card() {
  const text = digits(number.value);
  const [brand, , lengths, code] = BRANDS.find(([, lead]) => lead.test(text)) || ['unknown', null, [16, 19], 4];
  return { text, brand, lengths, code, longest: Math.max(...lengths), country: countryOf(text) };
}

// Nothing is known of a number's country before its ninth digit.
function countryOf(text) {
  if (text.length < 9) return '';
  const [, code] = ABROAD.exec(text) || [];
  return LETTERED[code] || (OTHERS.has(code) ? 'other' : 'US');
}

function luhn(text) {
  const sum = [...text].reverse().reduce((total, digit, place) => {
    const worth = Number(digit) * (place % 2 ? 2 : 1);
    return total + (worth > 9 ? worth - 9 : worth);
  }, 0);
  return sum % 10 === 0;
}

function formatNumber() {
  const { text, brand, longest } = card();
  const cut = text.slice(0, longest);
  const groups = brand === 'amex' ? (/^(\d{1,4})(\d{1,6})?(\d{1,5})?/.exec(cut) || []).slice(1) : cut.match(/\d{1,4}/g) || [];
  return groups.filter(Boolean).join(' ');
}

function formatExpiry(typed, deleting) {
  let text = digits(typed);
  if (/^\s*\d\s*\//.test(typed) || /^[2-9]/.test(text)) text = `0${text}`;
  if (/^1[3-9]/.test(text)) text = `0${text}`;
  if (/^00/.test(text)) text = '0';
  // A pasted or filled-in date may have a year of four digits.
  if (/^\d{2}20\d{2}$/.test(text)) text = text.slice(0, 2) + text.slice(4);
  text = text.slice(0, 4);
  if (text.length < 2 || (text.length === 2 && deleting)) return text;
  return `${text.slice(0, 2)} / ${text.slice(2)}`;
}

// Postcodes by the country of the card: what may be typed, what is complete, what the empty field says.
const ANY = { clean: (text) => text.slice(0, 10), whole: /^[a-z\d][a-z\d -]{2,9}$/i, name: 'Postal code', keys: 'text' };
const POSTCODES = {
  US: { clean: (text) => digits(text).slice(0, 5), whole: /^\d{5}$/, name: 'ZIP', keys: 'numeric' },
  CA: {
    clean: (text) => lettered(text, 6).replace(/^(\w{3})(\w)/, '$1 $2'),
    whole: /^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d$/, name: 'Postal code', keys: 'text',
  },
  GB: {
    clean: (text) => text.toUpperCase().replace(/[^A-Z\d ]/g, '').slice(0, 8),
    whole: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/, name: 'Postal code', keys: 'text',
  },
  other: ANY,
  '': navigator.language === 'en-US' ? { ...ANY, name: 'ZIP' } : ANY,
};
const lettered = (text, most) => text.toUpperCase().replace(/[^A-Z\d]/g, '').slice(0, most);
