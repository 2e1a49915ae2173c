// The live page of a drill of ten seconds, for somebody who leads it and somebody who
// looks on from a phone in the dark.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { launch, listen, violations } from './chromium.js';

const { BROWNOUT, SHOTS } = process.env;

// drill starts one, and gives where its pages are once that is said.
async function drill(t, dir) {
  const run = spawn(BROWNOUT, ['run', 'smoke', '--app', 'builtin:resilient', '--ui', '--control', '--quiet', '-o', dir], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(run, 'exit');
  t.after(async () => {
    run.kill();
    await ended;
  });
  let looker;
  for await (const line of createInterface({ input: run.stderr })) {
    looker ??= line.match(/^live page: (.*)$/)?.[1];
    const leader = line.match(/^live page with the leader's buttons: (.*)$/)?.[1];
    if (leader) return { looker, leader, ended };
  }
  throw new Error('the drill ended without a live page');
}

async function open(t, browser, url, options) {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  const heard = listen(page);
  await page.goto(url);
  return { page, heard };
}

const sent = (page) => page.locator('.counts div', { has: page.getByText('sent', { exact: true }) }).locator('dd').innerText().then(Number);

test('a drill is seen to go on, is led, and becomes its card', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'live-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const browser = await launch();
  t.after(() => browser.close());
  const { looker, leader, ended } = await drill(t, join(dir, 'run'));
  const [lead, look] = await Promise.all([
    open(t, browser, leader, { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }),
    open(t, browser, looker, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }),
  ]);

  await lead.page.getByText('phase 1 of 3').waitFor();
  await lead.page.getByRole('button', { name: 'Hold' }).click();
  await lead.page.getByText(', held').waitFor();
  assert.equal(await lead.page.locator('#said').innerText(), 'Done.');
  assert.match(await lead.page.locator('.clock').innerText(), /of 0:1\d,/, 'an hour that nobody has waited yet is not shown');
  await lead.page.getByRole('textbox', { name: 'note' }).fill('seen by the test');
  await lead.page.getByRole('button', { name: 'Write it down' }).click();

  const before = await sent(look.page);
  await look.page.waitForFunction((n) => [...document.querySelectorAll('.counts div')].some((d) => d.innerText.startsWith('sent') && Number(d.querySelector('dd').innerText) > n), before);
  for (const { page } of [lead, look]) {
    await page.locator('#timeline svg[role=img]').filter({ visible: true }).waitFor();
    assert.deepEqual(await violations(page), []);
    const { width } = page.viewportSize();
    assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth) <= width, 'nothing stands beyond the edge');
  }
  assert.equal(await look.page.getByRole('button').count(), 0, 'who looks on has no buttons');
  if (SHOTS) {
    await lead.page.screenshot({ path: join(SHOTS, 'live-leader.png'), fullPage: true });
    await look.page.screenshot({ path: join(SHOTS, 'live-phone.png'), fullPage: true });
  }

  await lead.page.getByRole('button', { name: 'Next phase' }).click();
  await lead.page.getByText('phase 2 of 3').waitFor();
  await lead.page.locator('.open li').first().waitFor();

  await Promise.all([lead, look].map(({ page }) => page.locator('.word').first().waitFor({ timeout: 60_000 })));
  await ended;
  const card = JSON.parse(readFileSync(join(dir, 'run', 'card.json'), 'utf8'));
  for (const { page, heard } of [lead, look]) {
    assert.match((await page.locator('.word').first().innerText()).toLowerCase(), new RegExp(card.verdict));
    const origin = new URL(looker).origin;
    assert.deepEqual(heard.filter((h) => !h.startsWith(`request: ${origin}/`)), [], 'it logs nothing, and asks nobody else');
  }
  const log = readFileSync(join(dir, 'run', 'log.jsonl'), 'utf8');
  assert.match(log, /seen by the test/);
  assert.match(log, /live page/);
});
