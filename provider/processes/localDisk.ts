import * as fs from "node:fs";

/**
 * Whether a path is on a disk of this machine. False: it may be on a network. Undefined: that cannot be told on this
 * system.
 *
 * @throws {NodeJS.ErrnoException} The path cannot be looked at.
 */
export function isLocalDisk(file: string): boolean | undefined {
  return process.platform === "linux" ? LOCAL_FILE_SYSTEMS.has(fs.statfsSync(file).type) : undefined;
}

/** Whether a path is certainly on a disk of this machine. */
export function isOnLocalDisk(file: string): boolean {
  try {
    return isLocalDisk(file) === true;
  } catch {
    return false;
  }
}

/**
 * The kernel's numbers of ext, xfs, btrfs, f2fs, zfs, tmpfs and overlayfs. Any other file system may be on a network.
 */
const LOCAL_FILE_SYSTEMS = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994, 0x794c7630]);
