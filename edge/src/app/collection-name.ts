/** A name is a path segment and part of a file's name. */
export const COLLECTION_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const COLLECTION_NAME_RULE = "1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit";
