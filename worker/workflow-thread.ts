/**
 * The thread that workflows run in: the SDK's own, with a leaner sandbox. See `lean-sandbox.ts`.
 */
import sandboxes = require('@temporalio/worker/lib/workflow/reusable-vm');
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import { LeanSandbox, withoutPromiseHooks } from './lean-sandbox.ts';

withoutPromiseHooks(globalHandlers);
// Where the SDK's thread looks for the maker of its workflows.
Object.assign(sandboxes, { ReusableVMWorkflowCreator: LeanSandbox });
require('@temporalio/worker/lib/workflow/workflow-worker-thread');
