// What the page hears of the fields, and how they look: never a digit of the number.

let lastChange = '';
let lastNetworks = '';
let ready = false;

function tellChange() {
  const fields = shown();
  const code = fields.map(visibleCode).find(Boolean);
  const state = {
    empty: fields.every((input) => input.value === ''),
    complete: fields.every((input) => !codeOf(input)),
    brand: hasNumber ? card().brand : undefined,
    error: code ? faultOf(code) : undefined,
    value: inputs.includes(postal) ? { postalCode: postal.value.trim() } : undefined,
  };
  if (hasNumber) tellSiblings();
  paint(fields);
  say(code ? MESSAGES[code] : '');
  const text = JSON.stringify(state);
  // What the fields are at first is no change.
  if (ready && text !== lastChange) tell({ news: 'change', state });
  lastChange = text;
  tellNetworks();
}

function tellNetworks() {
  const second = (hasNumber && CO_BRANDED[card().text]) || '';
  if (second !== lastNetworks) tell({ news: 'networks' });
  lastNetworks = second;
}

// Read out by a screen reader, once for each new sentence.
function say(text) {
  if (said.textContent !== text) said.textContent = text;
}

function paint(fields) {
  for (const input of fields) {
    const wrong = Boolean(visibleCode(input));
    input.classList.toggle('invalid', wrong);
    input.classList.toggle('complete', !codeOf(input));
    input.classList.toggle('empty', input.value === '');
    input.setAttribute('aria-invalid', String(wrong));
    if (wrong) input.setAttribute('aria-describedby', 'said');
    else input.removeAttribute('aria-describedby');
  }
  paintPostcode();
  if (!icon.hidden) drawIcon(mark(), options.iconStyle === 'solid');
  if (!alone) shorten();
  tell({ news: 'autofill', on: fields.some((input) => input.matches(':autofill')) });
}

function mark() {
  if (visibleCode(number)) return 'error';
  const { brand } = card();
  if (document.activeElement === cvc) return brand === 'amex' ? 'code-front' : 'code-back';
  return brand;
}

function paintPostcode() {
  const { name, keys } = postcodes();
  // A page may have words of its own for a field that stands alone.
  if (!alone || options.placeholder === undefined) postal.placeholder = name;
  postal.setAttribute('aria-label', name);
  postal.inputMode = keys;
}

// Where the line is short, a number that is in and left shows its end, and makes room for the other fields.
function shorten() {
  const numbering = document.activeElement === number || Boolean(codeOf(number));
  form.classList.toggle('numbering', numbering);
  // In units of the type: larger type needs a longer line.
  form.classList.toggle('short', form.clientWidth < 26 * parseFloat(getComputedStyle(number).fontSize));
  if (!numbering) number.scrollLeft = number.scrollWidth;
}
