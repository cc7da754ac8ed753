/** Seconds that run down by themselves from what the shell last said. */
export class Countdown {
  left = $state<number | null>(null);

  /** Call with a getter inside a component: it starts anew whenever what it reads is replaced. */
  constructor(seconds: () => number | null) {
    $effect(() => {
      const from = seconds();
      this.left = from;
      // Reading `left` here would start it anew with every second that passes.
      if (from === null) return;
      const ticking = setInterval(() => {
        if (this.left !== null && this.left > 0) this.left -= 1;
      }, 1000);
      return () => {
        clearInterval(ticking);
      };
    });
  }

  get words(): string {
    if (this.left === null) return "";
    return this.left > 0 ? `Checking again in ${String(this.left)} s.` : "Checking now …";
  }
}
