// Holds what Tandem sends to chats against the schemas that the vendors publish, as types: Block Kit (@slack/types) and Adaptive Cards as
// Teams takes them (@microsoft/teams.cards). Reads {"slack": [..], "teams": [..]} and prints what does not fit; ends with 1 then.
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import ts from "typescript";

const { slack, teams } = JSON.parse(await text(process.stdin));
const literal = (value) => JSON.stringify(value, null, 1);

// Written as literals, so that a property which the type does not know is an error too.
const source = [
  'import type { KnownBlock } from "@slack/types";',
  'import type { IAdaptiveCard } from "@microsoft/teams.cards";',
  "interface SlackMessage { text: string; blocks: KnownBlock[] }",
  "interface TeamsMessage { type: 'message'; attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive'; contentUrl: null; content: IAdaptiveCard }] }",
  ...slack.map((payload, index) => `export const slack${index}: SlackMessage = ${literal(payload)};`),
  ...teams.map((payload, index) => `export const teams${index}: TeamsMessage = ${literal(payload)};`),
].join("\n");

// Stands in this folder only for the compiler, which finds the packages from here.
const name = join(dirname(fileURLToPath(import.meta.url)), "chat-payloads.ts");
const options = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
};
const host = ts.createCompilerHost(options);
const { getSourceFile, fileExists, readFile } = host;
host.getSourceFile = (file, ...rest) =>
  file === name ? ts.createSourceFile(name, source, options.target) : getSourceFile.call(host, file, ...rest);
host.fileExists = (file) => file === name || fileExists.call(host, file);
host.readFile = (file) => (file === name ? source : readFile.call(host, file));

const faults = ts.getPreEmitDiagnostics(ts.createProgram([name], options, host));
for (const fault of faults) {
  console.log(ts.flattenDiagnosticMessageText(fault.messageText, "\n"));
}
console.log(`${slack.length} + ${teams.length} payloads, ${faults.length} faults`);
process.exit(faults.length === 0 ? 0 : 1);
