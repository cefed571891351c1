// Leaving a text field: the part of the page around it gets the focus, so that the next key is a command.

export function leaveField(field: Element | null | undefined) {
  const around = field?.closest<HTMLElement>("section[tabindex], main[tabindex]");
  if (around) around.focus({ preventScroll: true });
  else if (field instanceof HTMLElement) field.blur();
}
