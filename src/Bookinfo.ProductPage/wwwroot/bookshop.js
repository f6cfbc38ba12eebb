// The buttons name the dialog they open and close (commandfor, command). Browsers that know these attributes need nothing from here,
// and neither does anybody without scripts; for the others this does the same.
if (!('commandForElement' in HTMLButtonElement.prototype)) {
  for (const button of document.querySelectorAll('button[commandfor]')) {
    const dialog = document.getElementById(button.getAttribute('commandfor'));
    button.addEventListener('click', () => {
      if (button.getAttribute('command') === 'show-modal') {
        dialog.showModal();
      } else {
        dialog.close();
      }
    });
  }
}
