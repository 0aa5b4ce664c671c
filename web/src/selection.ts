// What is chosen. The panels write and watch it; none knows another.

export interface Marks {
  history: number[];
  recommendations: number[];
}

export class Selection {
  private item: number | null = null;
  private marked: Marks = { history: [], recommendations: [] };
  private readonly watchers: (() => void)[] = [];
  /** Whether the last choice wants the map to bring the item into view. */
  centering = false;

  get selected(): number | null {
    return this.item;
  }

  get marks(): Marks {
    return this.marked;
  }

  select(item: number | null, centering = false): void {
    this.item = item;
    this.centering = centering;
    this.tell();
  }

  mark(marks: Marks): void {
    this.marked = marks;
    this.centering = false;
    this.tell();
  }

  watch(watcher: () => void): void {
    this.watchers.push(watcher);
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
  }
}
