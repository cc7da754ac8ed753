// How the card fields look: the page's `style` option as rules, and a mark for each brand.

const PROPERTIES = [
  'backgroundColor', 'color', 'fontFamily', 'fontSize', 'fontSmoothing', 'fontStyle', 'fontVariant', 'fontWeight',
  'letterSpacing', 'lineHeight', 'padding', 'textAlign', 'textDecoration', 'textShadow', 'textTransform',
];
const STATES = { base: '', complete: '.complete', empty: '.empty', invalid: '.invalid' };
const PSEUDOS = [':hover', ':focus', '::placeholder', '::selection', ':-webkit-autofill', ':disabled'];
const DEFAULT_ICON = { base: '#6b7280', invalid: '#b3261e' };

const sheet = document.head.appendChild(document.createElement('style')).sheet;
const iconColors = { ...DEFAULT_ICON };

// Values are set through the style object, never as text: a value cannot become another rule.
function addRule(selector, values) {
  const at = sheet.insertRule(`${selector} {}`, sheet.cssRules.length);
  for (const property of PROPERTIES.filter((name) => name in values)) sheet.cssRules[at].style[property] = values[property];
}

function applyStyle(style) {
  while (sheet.cssRules.length) sheet.deleteRule(0);
  Object.assign(iconColors, DEFAULT_ICON);
  for (const [state, suffix] of Object.entries(STATES)) {
    const values = style[state] || {};
    addRule(state === 'base' ? '#fields, #fields input' : `#fields input${suffix}`, values);
    for (const pseudo of PSEUDOS.filter((name) => values[name])) addRule(`#fields input${suffix}${pseudo}`, values[pseudo]);
    if (values.iconColor) iconColors[state] = values.iconColor;
  }
  // Wrong digits stay red even where the page colours all text.
  if (!style.invalid || !style.invalid.color) addRule('#fields input.invalid', { color: DEFAULT_ICON.invalid });
}

const plate = (fill, inner) => `<rect width="28" height="18" rx="3" fill="${fill}"/>${inner}`;
const word = (text, size, fill = '#fff') =>
  `<text x="14" y="${9 + size * 0.36}" font-family="Helvetica,Arial,sans-serif" font-size="${size}" font-weight="700" text-anchor="middle" fill="${fill}">${text}</text>`;

const blank = (color, inside) =>
  `<g fill="none" stroke="${color}" stroke-width="1.5"><rect x=".75" y=".75" width="26.5" height="16.5" rx="2.75"/>${inside}</g>`;

const BRAND_MARKS = ['visa', 'mastercard', 'amex', 'discover', 'diners', 'jcb', 'unionpay'];
const MARKS = {
  visa: () => plate('#1a2f7d', word('VISA', 8)),
  mastercard: () => plate('#23252b', '<circle cx="11" cy="9" r="5" fill="#e4352b"/><circle cx="17" cy="9" r="5" fill="#f0a02c" fill-opacity=".9"/>'),
  amex: () => plate('#2671b9', word('AMEX', 7)),
  discover: () => plate('#f4f1ea', `${word('DISC', 7, '#333')}<circle cx="24" cy="14" r="2.5" fill="#ee7623"/>`),
  diners: () => plate('#0d5fa8', '<circle cx="14" cy="9" r="5.5" fill="#fff"/><path d="M13 5.2v7.6a4 4 0 0 1 0-7.6zm2 0a4 4 0 0 1 0 7.6z" fill="#0d5fa8"/>'),
  jcb: () => plate('#f4f1ea', '<rect x="6" y="4" width="4.6" height="10" rx="1.6" fill="#1f5bb5"/><rect x="11.7" y="4" width="4.6" height="10" rx="1.6" fill="#cf2a3c"/><rect x="17.4" y="4" width="4.6" height="10" rx="1.6" fill="#2b9348"/>'),
  unionpay: () => plate('#f4f1ea', '<path d="M7 4h5l-2 10H5z" fill="#d52b34"/><path d="M12.5 4h5l-2 10h-5z" fill="#16447f"/><path d="M18 4h5l-2 10h-5z" fill="#13716c"/>'),
  unknown: (color) => blank(color, '<path d="M1 5.5h26" stroke-width="2.5"/><path d="M4.5 12.5h6" stroke-linecap="round"/>'),
  error: (color) => blank(color, '<path d="M14 4.8v5" stroke-width="1.8" stroke-linecap="round"/><circle cx="14" cy="13" r=".6"/>'),
  // Where the code stands: on the back beside the signature, or on the front.
  'code-back': (color) => blank(color, '<path d="M1 4.5h26" stroke-width="2.5"/><rect x="14.5" y="8.5" width="10" height="5.5" rx="2"/><path d="M17 11.25h5" stroke-dasharray="1 1"/>'),
  'code-front': (color) => blank(color, '<rect x="14.5" y="3.5" width="10" height="5.5" rx="2"/><path d="M16.5 6.25h6" stroke-dasharray="1 1"/><path d="M4.5 13h6" stroke-linecap="round"/>'),
};

let drawn = '';
function drawIcon(name, solid) {
  const color = name === 'error' ? iconColors.invalid : iconColors.base;
  if (drawn === name + color + solid) return;
  drawn = name + color + solid;
  // A colour comes from the page: let the browser say that it is one.
  const safe = CSS.supports('color', color) && !/["<>]/.test(color) ? color : DEFAULT_ICON.base;
  const inside = solid && BRAND_MARKS.includes(name) ? oneColour(MARKS[name](), safe) : MARKS[name](safe);
  icon.innerHTML = `<svg viewBox="0 0 28 18">${inside}</svg>`;
  icon.dataset.mark = name;
}

// The same mark as a plate of one colour with its figure cut out.
function oneColour(mark, color) {
  const [plate, ...figure] = mark.split(/(?<=\/>)/);
  const cut = figure.join('').replace(/fill="[^"]*"/g, 'fill="#000"');
  return `<mask id="cut">${plate.replace(/fill="[^"]*"/, 'fill="#fff"')}${cut}</mask><g mask="url(#cut)">${plate.replace(/fill="[^"]*"/, `fill="${color}"`)}</g>`;
}
