const sourcePattern = /^[a-z][a-z0-9-]{1,39}$/;
const takenSource = 'api';

/** What is wrong with a source as it was typed; a test holds it to the schema of the contracts. */
export function sourceFault(source: string): 'shape' | 'taken' | null {
  if (!sourcePattern.test(source)) return 'shape';
  return source === takenSource ? 'taken' : null;
}
