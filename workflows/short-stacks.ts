/**
 * The SDK notes a stack for every promise that a workflow makes, and its cost grows with the frames. Three of them still
 * tell where a workflow failed or waits; ten took a third of the processor time of a workflow task.
 */
Error.stackTraceLimit = 3;
