/** `npm run -s token -- <role|person>`: prints a bearer token of the local issuer of the stack that runs. */
import { knownSecrets } from './data-folder.ts';
import { readRunFile } from './run-file.ts';
import { requestToken } from './token-request.ts';
import { dataDir } from './tools/folders.ts';
import { isSameProcess } from './tools/process-identity.ts';
import { oneLine, UserError } from './tools/user-error.ts';

async function main(): Promise<void> {
  const [who = 'responder'] = process.argv.slice(2);
  const folder = dataDir();
  const run = readRunFile(folder);
  const secrets = knownSecrets(folder);
  if (!run || !secrets || !isSameProcess(run.pid, run.identity)) {
    throw new UserError(
      `No stack runs on ${folder}.`,
      'Run `npm start` first, or set TIERLINE_DATA_DIR to its folder.',
    );
  }
  const token = await requestToken({ issuer: run.addresses.issuer, secret: secrets.token, who });
  process.stdout.write(`${token.accessToken}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${oneLine(error)}\n`);
  process.exitCode = 1;
});
