// Builds the HTML reference: one self-contained page for each contract.
// usage: node build-reference.mjs [FOLDER]
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = process.argv[2] ?? '../reference';
const documents = ['../asyncapi.yaml', ...readdirSync('../openapi').filter((name) => name.endsWith('.json')).map((name) => `../openapi/${name}`)];
mkdirSync(folder, { recursive: true });
for (const document of documents) {
  const page = join(folder, `${basename(document).replace(/\.(yaml|json)$/, '')}.html`);
  execFileSync('node_modules/.bin/redocly', ['build-docs', document, '--inlineBundle', '--output', page], { stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(page);
}
