// The browser that the tests look at pages with, and what they have in common to ask of
// a page.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ],
});

// listen gives a list that grows by what a page says and asks for.
export function listen(page) {
  const heard = [];
  page.on('console', (m) => heard.push(`console: ${m.text()}`));
  page.on('pageerror', (e) => heard.push(`error: ${e}`));
  page.on('request', (r) => heard.push(`request: ${r.url()}`));
  return heard;
}

// violations are what axe-core finds on a page as it is shown now.
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map((v) => `${v.id} (${v.impact}): ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`);
}
