/** Path of the starter encoder's file relative to the app, with its content hash. Set by the build. */
declare const __STARTER_URL__: string;
/** Size of this file. Set by the build. */
declare const __STARTER_BYTES__: number;
/** Version of the field guide: changes with its content. Set by the build. */
declare const __GUIDE_VERSION__: string;
