// The card's page as a browser shows it, and those of a comparison and a history. The
// pages of cards are made by TestPages; beside each stands its card, as JSON.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { launch, listen, violations } from './chromium.js';

const { PAGES, SHOTS } = process.env;
const all = readdirSync(PAGES).filter((f) => f.endsWith('.html')).map((f) => f.slice(0, -'.html'.length));
const names = all.filter((name) => existsSync(join(PAGES, `${name}.json`))); // of cards
const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

// open shows a page and gives what it said and asked for meanwhile.
async function open(t, name, options = {}) {
  const context = await browser.newContext({ viewport: desk, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const heard = listen(page);
  const url = pathToFileURL(join(PAGES, `${name}.html`)).href;
  await page.goto(url);
  return { page, heard, url };
}

const card = (name) => JSON.parse(readFileSync(join(PAGES, `${name}.json`), 'utf8'));
const words = (s) => s.replace(/\s+/g, ' ').trim().toLowerCase();

async function keep(page, name, options = {}) {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`), ...options });
}

const openAll = (page) => page.evaluate(() => document.querySelectorAll('details:not(.bulk)').forEach((d) => { d.open = true; }));

// Each look on the fullest page, and each sort of page in some look: axe takes seconds.
const looks = {
  light: [{ colorScheme: 'light' }, ['golden', 'hostile', 'empty', 'history', 'versus-worse']],
  dark: [{ colorScheme: 'dark' }, ['golden', 'naive', 'resilient', 'open', 'history', 'versus-worse']],
  phone: [{ viewport: phone }, ['golden', 'hostile', 'stopped']],
};
describe('axe-core finds nothing', () => {
  for (const [look, [options, pages]] of Object.entries(looks)) {
    for (const name of pages) {
      test(`${name}, ${look}`, async (t) => {
        const { page, heard, url } = await open(t, name, options);
        await keep(page, `${name}-${look}`, { fullPage: true });
        await openAll(page);
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(heard, [`request: ${url}`], 'it logs nothing, and asks for nothing but itself');
      });
    }
  }
});

describe('axe-core finds nothing in print', () => {
  for (const name of ['golden', 'history', 'versus-worse']) {
    test(name, async (t) => {
      const { page } = await open(t, name, { colorScheme: 'dark' }); // whose colours paper is not to have
      await page.emulateMedia({ media: 'print' });
      assert.deepEqual(await violations(page), []);
    });
  }
});

// seen gives the texts that stand wholly on the first screen.
async function seen(page, selector) {
  const { width, height } = page.viewportSize();
  const texts = await page.locator(selector).evaluateAll((all, [width, height]) => all.filter((e) => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility() && box.top >= 0 && box.left >= 0 && box.bottom <= height && box.right <= width;
  }).map((e) => e.innerText), [width, height]);
  return texts.map(words);
}

// The first screen is all that some will ever read.
describe('the first screen says it all, without JavaScript', () => {
  for (const name of names) {
    test(name, async (t) => {
      const { page } = await open(t, name, { javaScriptEnabled: false });
      for (const [look, viewport] of Object.entries({ desk, phone })) {
        await page.setViewportSize(viewport);
        await keep(page, `${name}-${look}-first`);
        const c = card(name);
        assert.ok((await seen(page, '.word')).some((s) => s.includes(c.verdict)), `the verdict, ${look}`);
        const facts = await seen(page, '.facts span');
        assert.ok(facts.some((s) => / long$/.test(s)), `the length in ${facts}, ${look}`);
        const year = c.started_at.slice(0, 4);
        assert.ok(facts.some((s) => s.includes(`${year} `) && s.endsWith('utc') || year === '0001' && s === 'start unknown'), `the date in ${facts}, ${look}`);
        if (name === 'hostile') continue; // its sentence is longer than any judge writes
        assert.deepEqual(await seen(page, '.sentence'), [words(c.sentence)]);
        const missed = (c.bars ?? []).filter((b) => b.verdict === 'fail' && b.severity !== 'warn');
        const told = await seen(page, '.told li');
        for (const b of missed.slice(0, 2)) {
          const metric = b.metric.replaceAll('_', ' ');
          const line = told.find((s) => s.includes(metric) && s.includes(words(b.phase || 'whole drill')));
          assert.ok(line, `${metric} of ${b.phase} in ${told}, ${look}`);
          assert.match(line, /bar [≥≤] .*, (> )?[\d.,]+ ?(points|s|ms|×)? (short|over)$/, `against which bar, and by how much, ${look}`);
        }
      }
    });
  }
});

describe('nothing stands beyond the edge', () => {
  const sheets = {
    desk: [desk, 'screen'], tablet: [{ width: 768, height: 1024 }, 'screen'],
    phone: [phone, 'screen'], 'small phone': [{ width: 320, height: 640 }, 'screen'],
    A4: [{ width: 794 - 76, height: 1123 }, 'print'], Letter: [{ width: 816 - 76, height: 1056 }, 'print'],
  };
  for (const name of all) {
    test(name, async (t) => {
      const { page } = await open(t, name);
      for (const [sheet, [viewport, media]] of Object.entries(sheets)) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ media });
        const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
        assert.ok(width <= viewport.width, `${sheet}: the page is ${width} wide in ${viewport.width}`);
      }
    });
  }
});

test('in print, what is folded is open', async (t) => {
  const { page } = await open(t, 'golden', { javaScriptEnabled: false });
  const folded = page.locator('details:not(.bulk) > :not(summary)');
  const shown = () => folded.evaluateAll((all) => all.filter((e) =>
    e.checkVisibility({ contentVisibilityAuto: true }) && e.getBoundingClientRect().height > 0).length);
  const all = await folded.count();
  assert.ok(all > 20);
  assert.equal(await shown(), 0, 'on a screen it is folded');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await shown(), all);
  for (const format of ['A4', 'Letter']) {
    const pdf = await page.pdf({ format });
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    if (SHOTS) writeFileSync(join(SHOTS, `golden-${format}.pdf`), pdf);
  }
});

test('by keyboard, everything that folds or scrolls is reached and shows it', async (t) => {
  const { page } = await open(t, 'golden', { viewport: phone, javaScriptEnabled: false });
  const want = await page.locator('summary, a, .scroll').filter({ visible: true }).count();
  let reached = 0;
  for (;;) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return e === document.body ? null : { tag: e.tagName, outline: getComputedStyle(e).outlineStyle };
    });
    if (!at || reached > want) break;
    assert.notEqual(at.outline, 'none', `${at.tag} shows that it has the focus`);
    reached++;
  }
  assert.equal(reached, want);
  const fold = page.locator('details.request').first();
  await fold.locator('summary').focus();
  await page.keyboard.press('Enter');
  assert.ok(await fold.locator('svg').isVisible());
});

// Jenkins shows a page without its styles and scripts.
test('without any style it is read in the same order, charts and all', async (t) => {
  const { page } = await open(t, 'golden', { javaScriptEnabled: false });
  await page.setContent(readFileSync(join(PAGES, 'golden.html'), 'utf8').replace(/<style>[^]*?<\/style>/, ''));
  await keep(page, 'golden-bare', { fullPage: true });
  const top = await page.evaluate(() => document.body.innerText.slice(0, 400));
  assert.match(top, /FAIL/);
  const headings = await page.locator('h2').allInnerTexts();
  assert.deepEqual(headings.map((h) => h.split(' ')[0]), [
    'Dimensions', 'Timeline', 'Bars', 'Reactions', 'Findings', 'Diagnoses', 'Phases', 'Journeys', 'Providers', 'Worst', 'Method',
  ]);
  const charts = page.locator('figure svg[role=img]').filter({ visible: true });
  assert.equal(await charts.count(), 1, 'one of the two drawings');
  assert.ok((await charts.boundingBox()).height > 300);
  const fill = await charts.locator('.b-error').first().evaluate((e) => getComputedStyle(e).fill);
  assert.equal(fill, 'rgb(214, 69, 69)', 'its own colour');
});

test('a pointer on the plot is told all about that step', async (t) => {
  const { page } = await open(t, 'golden');
  const chart = page.locator('figure .wide svg[role=img]');
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  const told = await page.evaluate(([x, y]) => {
    const e = document.elementFromPoint(x, y);
    return (e.querySelector('title') || e.parentElement.querySelector('title')).textContent;
  }, [box.x + box.width * 0.5, box.y + box.height * 0.4]);
  assert.match(told, /^[\d.]+ m?s – [\d.]+ m?s\n/);
  assert.match(told, /latency p50 /);
});
