// The other fields of this card, where each is an Element of its own.

// Frames of one origin in one page hear each other; the page hears nothing of it.
const channel = hello.group ? new BroadcastChannel(`fields-${hello.group}`) : null;

if (channel) {
  channel.addEventListener('message', ({ data }) => {
    if (data.card && !hasNumber) {
      Object.assign(heard, data.card);
      tellChange();
    }
    if (data.hail && hasNumber) tellSiblings();
    if (data.ask) {
      const [input] = inputs;
      input.dataset.left = 'asked';
      tellChange();
      channel.postMessage({ answer: data.ask, name: input.name, value: input.value, code: codeOf(input) });
    }
  });
  channel.postMessage({ hail: true });
}

function tellSiblings() {
  const { code, brand, country } = card();
  if (channel) channel.postMessage({ card: { code, brand, country } });
}

// What was typed into the other fields: name → { value, code }. One that does not answer in time is unfinished.
function gather(names) {
  const ask = Math.random().toString(36);
  const answers = {};
  return new Promise((settle) => {
    const finish = () => {
      channel.removeEventListener('message', hear);
      settle(answers);
    };
    const hear = ({ data }) => {
      if (data.answer !== ask) return;
      answers[data.name] = data;
      if (names.every((name) => answers[name])) finish();
    };
    channel.addEventListener('message', hear);
    channel.postMessage({ ask });
    setTimeout(finish, names.length ? 3000 : 0);
  });
}
