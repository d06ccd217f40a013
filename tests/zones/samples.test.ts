import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

import { answerCalendarRequest } from '../../zones/calendar-request.ts';
import { answerRotationRequest } from '../../zones/rotation-request.ts';

interface Sample {
  readonly input: unknown;
  readonly expected: unknown;
}

/** Cases of the project's own, and those that lie beside it where there are any. The own ones come from Python's zoneinfo. */
function samplesOf(name: string): readonly (readonly [title: string, sample: Sample])[] {
  const files = [join(__dirname, 'cases', name), join(__dirname, '../../../shared/data/time-samples', name)];
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line, index): readonly [string, Sample] => {
          const sample: Sample = JSON.parse(line);
          return [`${file === files[0] ? 'own case' : 'sample'} ${index + 1}`, sample];
        }),
    );
}

describe('calendar requests', () => {
  it.each(samplesOf('calendar.jsonl'))('%s is answered to the second', (_title, { input, expected }) => {
    expect(answerCalendarRequest(input)).toEqual(expected);
  });
});

describe('on-call requests', () => {
  it.each(samplesOf('on-call.jsonl'))('%s names the right person', (_title, { input, expected }) => {
    expect(answerRotationRequest(input)).toEqual(expected);
  });
});
