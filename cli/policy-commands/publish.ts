import { publishPolicyFolder } from '../../store/publish-policies.ts';
import { formatProblem } from '../../contracts/policy/parse.ts';
import { openStore } from '../open-store.ts';
import { counted, print, printJson } from './common.ts';

/** Checks a folder and makes what has changed in it the versions in force. The exit code is 1 when it was refused. */
export async function publish(
  folder: string,
  options: { readonly json: boolean; readonly actorId: string; readonly nowMs: number },
): Promise<void> {
  const store = openStore();
  try {
    const publication = await publishPolicyFolder(store, folder, { actorId: options.actorId, nowMs: options.nowMs });
    if (!publication.ok) process.exitCode = 1;
    if (options.json) {
      printJson(publication);
      return;
    }
    if (!publication.ok) {
      for (const error of publication.errors) print(formatProblem(error));
      print(`not published: ${counted(publication.errors.length, 'error')}`);
      return;
    }
    for (const step of [publication.directory, ...publication.policies]) {
      print(
        `${step.name}: ${step.changed ? `version ${step.version} is in force` : `unchanged, version ${step.version}`}`,
      );
    }
  } finally {
    store.close();
  }
}
