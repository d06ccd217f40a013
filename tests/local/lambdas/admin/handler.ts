/** A Lambda that does what its event says, for the test of the thread that Lambdas run in. */
export async function handler(event: { readonly say: string }): Promise<unknown> {
  if (event.say === 'throw') throw new Error('it broke');
  if (event.say === 'exit') process.exit(3);
  const untilMs = event.say === 'compute' ? Date.now() + 300 : event.say === 'never' ? Infinity : 0;
  while (Date.now() < untilMs);
  return { said: event.say };
}
