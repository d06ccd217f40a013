/** The parameters of a query, decoded; values of a repeated one are joined with commas, as an HTTP API does. */
export function queryParameters(rawQueryString: string): Record<string, string> {
  const query: Record<string, string> = {};
  if (rawQueryString === '') return query;
  // A question mark at its beginning would be taken off as the one before it.
  for (const [name, value] of new URLSearchParams(`&${rawQueryString}`)) {
    if (name === '') continue;
    query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value;
  }
  return query;
}
