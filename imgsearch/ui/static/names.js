// Takes the names of a photo's things as they come from the server, some time after its boxes, and passes them on.

watch('value', () => {
  if (props.value?.rev) send('labels', props.value);
});
