/** Where owed reports are kept: in the browser's database, or in memory where that is forbidden. */

import type { Owed, Store } from "./outbox.ts";

const NAME = "watching";
const TABLE = "owed";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's database refused"));
  });
}

class DatabaseStore implements Store {
  private readonly database: IDBDatabase;

  constructor(database: IDBDatabase) {
    this.database = database;
  }

  private table(mode: IDBTransactionMode): IDBObjectStore {
    return this.database.transaction(TABLE, mode).objectStore(TABLE);
  }

  async add(owed: Owed): Promise<number> {
    return Number(await settled(this.table("readwrite").add(owed)));
  }

  async of(viewer: string): Promise<[number, Owed][]> {
    const table = this.table("readonly");
    const [keys, values] = await Promise.all([settled(table.getAllKeys()), settled<Owed[]>(table.getAll())]);
    return values
      .map((owed, i): [number, Owed] => [Number(keys[i]), owed])
      .filter(([, owed]) => owed.viewer === viewer);
  }

  async remove(key: number): Promise<void> {
    await settled(this.table("readwrite").delete(key));
  }
}

export class MemoryStore implements Store {
  private readonly rows = new Map<number, Owed>();
  private next = 1;

  async add(owed: Owed): Promise<number> {
    this.rows.set(this.next, owed);
    return this.next++;
  }

  async of(viewer: string): Promise<[number, Owed][]> {
    return [...this.rows].filter(([, owed]) => owed.viewer === viewer);
  }

  async remove(key: number): Promise<void> {
    this.rows.delete(key);
  }
}

/** Private windows and full disks refuse a database; reports are then kept as long as the page lives. */
export async function openStore(): Promise<Store> {
  try {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { autoIncrement: true });
    return new DatabaseStore(await settled(request));
  } catch {
    return new MemoryStore();
  }
}
