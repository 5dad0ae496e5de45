/** What a picture's file says of itself before its pixels. */
export interface PictureHead {
  /** As stored, before it is turned. */
  readonly width: number;
  readonly height: number;
  /** The TIFF block of its EXIF segment. */
  readonly exif?: Uint8Array | undefined;
  /** The reason why it is not decoded although it may be sound. */
  readonly foreign?: string | undefined;
}
