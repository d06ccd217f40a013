/** The command palette. */
export const enPalette = {
  placeholder: 'Type a command or search open escalations…',
  nothing: 'Nothing found',
  go: 'Go to',
  escalations: 'Escalations',
  actions: 'Actions',
};
