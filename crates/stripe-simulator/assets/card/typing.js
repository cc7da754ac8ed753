// Keys: formatting while one types, and moving between the fields.

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

// As they come from a keyboard, the clipboard or the browser's own memory.
function tidy(input, deleting) {
  if (input === number) rewrite(number, formatNumber());
  if (input === expiry) rewrite(expiry, formatExpiry(expiry.value, deleting));
  if (input === cvc) cvc.value = digits(cvc.value).slice(0, known().code);
  if (input !== postal) return;
  const clean = postcodes().clean(postal.value);
  const atEnd = postal.selectionStart === postal.value.length;
  if (clean === postal.value || !(atEnd || digits(clean).length === clean.length)) return;
  postal.value = clean;
}

form.addEventListener('input', ({ target, inputType = '' }) => {
  const deleting = inputType.startsWith('delete');
  tidy(target, deleting);
  delete target.dataset.left;
  tellChange();
  const longEnough = target !== number || card().text.length === card().longest;
  const atEnd = target.selectionStart === target.value.length;
  const sure = target !== cvc || known().brand !== 'unknown' || cvc.value.length === 4;
  const filled = target !== postal && !deleting && atEnd && longEnough && sure && !codeOf(target);
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
  event.target.dataset.left ||= 'yes';
  setTimeout(() => {
    if (inside && !(document.hasFocus() && inputs.includes(document.activeElement))) {
      inside = false;
      tell({ news: 'blur' });
    }
    tellChange();
  });
});
