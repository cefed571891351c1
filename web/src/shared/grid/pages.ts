// Which pages of a cursor list are known, and which ones the window needs. Rows live in the query cache only.

export const PAGE = 100;

export interface PageInfo {
  cursor: string | undefined;
  size: number;
  next: string | undefined;
}

/** A chain of pages: each one's cursor came from the one before it. */
export class PageChain {
  readonly pages: PageInfo[] = [];

  /** The first cursor not yet asked for; `null` at the end of the list. */
  get frontier(): { index: number; cursor: string | undefined } | null {
    const last = this.pages.at(-1);
    if (!last) return { index: 0, cursor: undefined };
    return last.next ? { index: this.pages.length, cursor: last.next } : null;
  }

  get known(): number {
    return this.pages.reduce((sum, p) => sum + p.size, 0);
  }

  get complete(): boolean {
    return this.frontier === null;
  }

  /** Stores the result of page `index`. A changed next cursor drops the pages after it. */
  put(index: number, size: number, next: string | undefined): boolean {
    if (index > this.pages.length) return false;
    const cursor = index === 0 ? undefined : this.pages[index - 1]?.next;
    const old = this.pages[index];
    if (old && old.size === size && old.next === next && old.cursor === cursor) return false;
    this.pages[index] = { cursor, size, next };
    if (old && old.next !== next) this.pages.length = index + 1;
    return true;
  }

  locate(row: number): { page: number; offset: number } | undefined {
    let start = 0;
    for (let page = 0; page < this.pages.length; page++) {
      const size = this.pages[page]?.size ?? 0;
      if (row < start + size) return { page, offset: row - start };
      start += size;
    }
    return undefined;
  }

  /** Pages to hold for rows `from` to `to`, with the next one in good time. */
  wanted(from: number, to: number, ahead = 40): { index: number; cursor: string | undefined }[] {
    const out: { index: number; cursor: string | undefined }[] = [];
    let start = 0;
    this.pages.forEach((p, index) => {
      const end = start + p.size;
      if (end > from - ahead && start <= to + ahead) out.push({ index, cursor: p.cursor });
      start = end;
    });
    const frontier = this.frontier;
    if (frontier && to + ahead >= start) out.push(frontier);
    return out;
  }
}
