// Lints an AsyncAPI document and its examples with the specification's own parser. Each finding fails the lint.
// usage: node lint-asyncapi.mjs DOCUMENT
import parser from '@asyncapi/parser';

const { Parser, fromFile } = parser;
const path = process.argv[2];
const { diagnostics } = await fromFile(new Parser(), path).parse();
for (const { code, message, path: place } of diagnostics) {
  console.error(`${path} at ${place.join('.')}: ${message} (${code})`);
}

console.log(`${path}: ${diagnostics.length} problems`);
process.exitCode = diagnostics.length === 0 ? 0 : 1;
