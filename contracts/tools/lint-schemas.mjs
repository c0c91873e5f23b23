// Compiles the JSON Schema of each event in Ajv's strict mode, and validates its examples and counter-examples.
// usage: node lint-schemas.mjs CONTRACTS
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const events = join(process.argv[2], 'events');
const suffix = '.schema.json';
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const list = (folder) => readdirSync(folder).map((name) => join(folder, name));

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats.default(ajv);
const envelope = ajv.compile(read(join(events, `cloudevent${suffix}`)));
let problems = 0;

const check = (path, shouldBeValid, isValid) => {
  if (isValid !== shouldBeValid) {
    console.error(`${path} is ${isValid ? '' : 'not '}valid.`);
    problems++;
  }
};

const types = readdirSync(events).filter((name) => name.endsWith(suffix) && !name.startsWith('cloudevent')).map((name) => name.slice(0, -suffix.length));
for (const type of types) {
  const data = ajv.compile(read(join(events, type + suffix)));
  const isValid = (path) => {
    const event = read(path);
    return envelope(event) && event.type === type && data(event.data);
  };

  list(join(events, type, 'examples')).forEach((path) => check(path, true, isValid(path)));
  list(join(events, type, 'counter-examples')).forEach((path) => check(path, false, isValid(path)));
}

console.log(`${types.length} event schemas: ${problems} problems`);
process.exitCode = problems === 0 && types.length > 0 ? 0 : 1;
