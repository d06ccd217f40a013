import { toCreateTableInput } from '../../store/table-definition.ts';
import { callDynamodb } from './call-dynamodb.ts';
import { UserError } from './user-error.ts';

function names(description: unknown): string {
  if (typeof description !== 'object' || description === null || !('GlobalSecondaryIndexes' in description)) return '';
  const indexes = description.GlobalSecondaryIndexes;
  if (!Array.isArray(indexes)) return '';
  return indexes
    .map((index: unknown) =>
      typeof index === 'object' && index !== null && 'IndexName' in index ? String(index.IndexName) : '',
    )
    .toSorted((a, b) => a.localeCompare(b, 'en'))
    .join(', ');
}

/**
 * Makes the table of the one definition where there is none. Throws a `UserError` for an older folder whose table has
 * other indexes: it is refused, not half used.
 */
export async function makeTable(endpoint: string, tableName: string, dataDir: string): Promise<void> {
  const input = toCreateTableInput(tableName);
  const described = await callDynamodb(endpoint, 'DescribeTable', { TableName: input.TableName });
  if (described.status !== 200) {
    const created = await callDynamodb(endpoint, 'CreateTable', input);
    if (created.status !== 200) throw new Error(`the table could not be made: ${JSON.stringify(created.body)}`);
    return;
  }
  const table =
    typeof described.body === 'object' && described.body !== null && 'Table' in described.body
      ? described.body.Table
      : undefined;
  if (names(table) !== names(input)) {
    throw new UserError(
      `The table in ${dataDir} has the indexes ${names(table)}; this version needs ${names(input)}.`,
      'Remove that folder, or set TIERLINE_DATA_DIR to another one.',
    );
  }
}
