/** A file of a policy set as the API takes it. */
export interface PolicyFileText {
  readonly name: string;
  readonly text: string;
}

export async function textsOf(files: readonly File[]): Promise<readonly PolicyFileText[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
}
