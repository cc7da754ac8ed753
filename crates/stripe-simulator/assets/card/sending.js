// The typed card on its way to the API.

const UNFINISHED = { 'exp-date': 'incomplete_expiry', cvc: 'incomplete_cvc', postal: 'incomplete_zip' };

async function create({ id, others, params }) {
  const result = await whenComplete(others, (typed) => {
    const billing = params.billing_details || {};
    const address = { ...billing.address };
    if (typed.postal && address.postal_code === undefined) address.postal_code = typed.postal.value.trim();
    const complete = { ...params, type: 'card', billing_details: { ...billing, address } };
    return send('/v1/payment_methods', 'paymentMethod', typed, (body) => append(body, complete));
  });
  tell({ news: 'created', id, result });
}

async function token({ id, others, params }) {
  const result = await whenComplete(others, (typed) => {
    const card = { ...params };
    if (typed.postal && card.address_zip === undefined) card.address_zip = typed.postal.value.trim();
    return send('/v1/tokens', 'token', typed, (body) => append(body, { card }));
  });
  tell({ news: 'created', id, result });
}

// What is unfinished is told in the fields and goes nowhere. `others` are the fields in frames of their own.
async function whenComplete(others, action) {
  const typed = channel ? await gather(others) : {};
  for (const name of others.filter((name) => !typed[name])) typed[name] = { value: '', code: UNFINISHED[name] };
  for (const input of inputs) input.dataset.left = 'asked';
  for (const input of shown()) typed[input.name] = { value: input.value, code: codeOf(input) };
  tellChange();
  const order = all.map((input) => typed[input.name]).filter(Boolean);
  const code = order.map((field) => field.code).find(Boolean);
  return code ? { error: faultOf(code) } : action(typed);
}

async function send(path, name, typed, complete) {
  const written = (field) => (typed[field] ? typed[field].value : '');
  const date = digits(written('exp-date'));
  const body = new URLSearchParams({ key: hello.key, payment_user_agent: 'stripe-simulator', referrer: document.referrer });
  append(body, { card: { number: card().text, exp_month: Number(date.slice(0, 2)), exp_year: date.slice(2), cvc: written('cvc') } });
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
function append(body, values, around = '') {
  for (const [key, value] of Object.entries(values || {})) {
    const name = around ? `${around}[${key}]` : key;
    if (value === null || value === undefined || value === '') continue;
    if (typeof value === 'object') append(body, value, name);
    else body.append(name, String(value));
  }
}
