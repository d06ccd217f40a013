/** A Lambda that does what its event says, for the test of the thread that Lambdas run in. */
export async function handler(event: { readonly say: string }): Promise<unknown> {
  if (event.say === 'throw') throw new Error('it broke');
  if (event.say === 'exit') process.exit(3);
  const longMs: Readonly<Record<string, number>> = { compute: 300, 'compute for long': 2_500, never: Infinity };
  const untilMs = Date.now() + (longMs[event.say] ?? 0);
  while (Date.now() < untilMs);
  return { said: event.say };
}
