// The page of a drill under way: takes what the server sends, says what the leader
// presses. The token stands behind the URL's #, and is kept for this tab.
'use strict';
(() => {
  const $ = (id) => document.getElementById(id);
  const fresh = location.hash.slice(1);
  if (fresh) {
    sessionStorage.setItem('token', fresh);
    history.replaceState(null, '', '/');
  }
  const token = fresh || sessionStorage.getItem('token') || '';
  const headers = { Authorization: 'Bearer ' + token };
  let over = false;

  const say = (id, text) => {
    if ($(id).textContent !== text) $(id).textContent = text;
  };

  async function become() {
    const answer = await fetch('/card.html', { headers });
    if (!answer.ok) throw new Error(answer.status);
    const card = await answer.text();
    document.open();
    document.write(card);
    document.close();
    scrollTo(0, 0);
  }

  // All HTML comes from the server, which escapes what others said.
  const heard = {
    hello: (html) => {
      say('link', '');
      if (html && !$('buttons').firstChild) $('buttons').innerHTML = html;
    },
    counters: (html) => { $('counters').innerHTML = html; },
    timeline: (html) => { if (html) $('timeline').innerHTML = html; },
    card: () => {
      over = true;
      become().catch(() => say('link', 'The drill is over; its card is in the result directory.'));
    },
    none: () => {
      over = true;
      say('link', 'The command has ended without a card; the terminal tells why.');
    },
  };

  function take(message) {
    const field = (name) => (message.match(new RegExp('^' + name + ': (.*)$', 'm')) || [])[1];
    const what = heard[field('event')];
    if (what) what(JSON.parse(field('data')));
  }

  async function listen() {
    const answer = await fetch('/events', { headers });
    if (answer.status === 401) {
      over = true;
      say('link', await answer.text());
      return;
    }
    if (!answer.ok) throw new Error(await answer.text());
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const messages = (text + value).split('\n\n');
      text = messages.pop();
      messages.forEach(take);
    }
  }

  async function stay() {
    while (!over) {
      await listen().catch(() => {}); // whatever it was: once more
      if (over) return;
      say('link', 'The connection is lost; trying again. Should the drill be over, its card is in the result directory.');
      await new Promise((again) => setTimeout(again, 1000));
    }
  }

  async function post(path, body) {
    say('said', '');
    try {
      const answer = await fetch(path, {
        method: 'POST', body,
        headers: { ...headers, 'Content-Type': 'application/json', 'Brownout-Actor': 'live page' },
      });
      say('said', answer.ok ? 'Done.' : (await answer.json()).detail);
    } catch (e) {
      say('said', 'This did not get through: ' + e.message);
    }
  }

  document.addEventListener('click', (e) => {
    const button = e.target.closest('button');
    if (!button) return;
    if (button.id === 'mark') {
      post('/v1/marks', JSON.stringify({ kind: $('kind').value, note: $('note').value }));
    } else if (!button.dataset.ask || confirm(button.dataset.ask)) {
      post(button.dataset.post, button.dataset.body || '{}');
    }
  });

  stay();
})();
