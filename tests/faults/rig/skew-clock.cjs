/** Preloaded into a process: moves its clock by TIERLINE_CLOCK_OFFSET_MS. */
const offsetMs = Number(process.env.TIERLINE_CLOCK_OFFSET_MS || 0);
const RealDate = Date;
const nowMs = () => RealDate.now() + offsetMs;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [nowMs()] : args));
  }
  static now() {
    return nowMs();
  }
};
