// The encodings that a CSV file may have, in words.
export const ENCODINGS = [
  { value: "utf-8", label: "UTF-8" },
  { value: "utf-16le", label: "UTF-16 (little-endian)" },
  { value: "utf-16be", label: "UTF-16 (big-endian)" },
  { value: "windows-1252", label: "Western European (Windows)" },
  { value: "windows-1250", label: "Central European (Windows)" },
  { value: "iso-8859-2", label: "Central European (ISO)" },
  { value: "windows-1251", label: "Cyrillic (Windows)" },
  { value: "koi8-r", label: "Cyrillic (KOI8-R)" },
  { value: "windows-1253", label: "Greek (Windows)" },
  { value: "windows-1254", label: "Turkish (Windows)" },
  { value: "macintosh", label: "Western European (Mac)" },
  { value: "x-mac-cyrillic", label: "Cyrillic (Mac)" },
  { value: "shift_jis", label: "Japanese (Shift JIS)" },
  { value: "euc-jp", label: "Japanese (EUC)" },
  { value: "gb18030", label: "Chinese, simplified (GB 18030)" },
  { value: "big5", label: "Chinese, traditional (Big5)" },
  { value: "euc-kr", label: "Korean (EUC)" },
] as const;

export const encodingWords = (name: string) => ENCODINGS.find((one) => one.value === name)?.label ?? name;
