// usage: node validate.mjs FILE...
// Validates the objects in YAML files against the JSON schemas (required fields, types, patterns, formats). The schemas accept unknown
// fields, so it also compiles the objects against the types of the same packages, which refuse them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

const here = dirname(fileURLToPath(import.meta.url));

// The package of each group of the operators.
const packages = {
  "external-secrets.io": "@kubernetes-models/external-secrets",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
  "keda.sh": "@kubernetes-models/keda",
  "networking.istio.io": "@kubernetes-models/istio",
  "security.istio.io": "@kubernetes-models/istio",
};

// Groups without a package of schemas.
const unknown = ["barmancloud.cnpg.io", "postgresql.cnpg.io", "rabbitmq.com"];

const objects = process.argv.slice(2).flatMap((file) => parseAllDocuments(readFileSync(file, "utf8"))
  .map((document) => document.toJS())
  .filter((object) => object)
  .map((object) => ({ object, label: `${file}: ${object.kind} ${object.metadata?.name}` })));
const known = objects.filter(({ object }) => !unknown.includes(groupOf(object)));
const findings = [...await validate(known), ...compile(known)];
findings.forEach((finding) => console.log(finding));
console.log(`${known.length} objects checked, ${objects.length - known.length} of kinds without a schema, ${findings.length} findings`);
process.exitCode = findings.length > 0 || known.length === 0 ? 1 : 0;

function groupOf({ apiVersion }) {
  return apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
}

function moduleOf(object) {
  return `${packages[groupOf(object)] ?? "kubernetes-models"}/${object.apiVersion}/${object.kind}`;
}

async function validate(items) {
  const found = [];
  for (const { object, label } of items) {
    try {
      const model = (await import(moduleOf(object)))[object.kind];
      new model(object).validate();
    } catch (error) {
      found.push(`${label}: ${error.message}`);
    }
  }
  return found;
}

function compile(items) {
  const folder = mkdtempSync(join(here, ".types-"));
  try {
    const source = join(folder, "objects.ts");
    const lines = items.flatMap(({ object }, index) => [
      `import type { I${object.kind} as T${index} } from "${moduleOf(object)}";`,
      `export const o${index}: T${index} = ${JSON.stringify(object)};`,
    ]);
    writeFileSync(source, lines.join("\n"));
    const program = ts.createProgram([source], {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      noEmit: true,
      skipLibCheck: true,
      strict: true,
      types: [],
    });
    return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
      const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start).line ?? 0;
      const label = items[Math.floor(line / 2)]?.label ?? "";
      return `${label}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
