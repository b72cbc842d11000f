/** A page whose program could not be had (a new version was being put in place) tries again by itself: nobody sits at a wall to reload it. */
setInterval(() => {
  if (document.getElementById('app')?.childElementCount === 0) location.reload()
}, 20000)
