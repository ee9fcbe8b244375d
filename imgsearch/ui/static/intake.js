// From a file, a drop, a paste or a camera to a picture small enough to send. Knows nothing about boxes.

const MAX_SIDE_PX = 1600; // the server works at this size; a 12 MP phone photo becomes about 300 kB before it leaves
const MAX_PIXELS = 80e6; // the server's limit: more are refused there, and would take a phone's memory here
const UNTOUCHED_BYTES = 1.5e6;
const PLAIN_TYPES = ['image/jpeg', 'image/png', 'image/webp'];

/** The upright size of a picture from its header, without decoding it; null if the browser does not know the format. */
async function sizeOf(file) {
  const url = URL.createObjectURL(file);
  const image = new Image();
  try {
    await new Promise((done, failed) => Object.assign(image, { onload: done, onerror: failed, src: url }));
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * Shrink a picture in the browser, EXIF rotation baked in.
 * Returns {file, width, height}: the size is the original's upright one, or 0 if the browser can't or should not decode
 * the file (HEIC outside Safari, damaged ones, far too many pixels); then it goes as it is and the server says what it is.
 */
async function shrink(file) {
  const untouched = { file, width: 0, height: 0 };
  const size = await sizeOf(file);
  if (!size || !size.width || size.width * size.height > MAX_PIXELS) return untouched;
  const { width, height } = size;
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(width, height));
  if (scale === 1 && file.size <= UNTOUCHED_BYTES && PLAIN_TYPES.includes(file.type)) return { file, width, height };
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return untouched;
  }
  const canvas = el('canvas', { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff'; // transparency on white, as the server does
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.92));
  return { file: blob ? new File([blob], 'photo.jpg', { type: 'image/jpeg' }) : file, width, height };
}

/** Cut a box (shares of the sides) out of an <img> as a small data URL; '' if the browser can't. */
function cutOut(image, box, side = 480) {
  const { naturalWidth: w, naturalHeight: h } = image;
  if (!w || !h) return '';
  const [left, top] = [box[0] * w, box[1] * h];
  const [width, height] = [Math.max(1, (box[2] - box[0]) * w), Math.max(1, (box[3] - box[1]) * h)];
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = el('canvas', { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
  try {
    canvas.getContext('2d').drawImage(image, left, top, width, height, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/jpeg', 0.85);
  } catch {
    return '';
  }
}

let cameraAsked = false; // the browser is asking for the camera, or switching it on

/**
 * The camera: phones open their own camera app through `input`; elsewhere a small live view (needs https or
 * localhost), and where there is no camera the same input falls back to a file dialog.
 */
async function takePicture(dialog, input, onFile) {
  if (matchMedia('(hover: none)').matches || !navigator.mediaDevices?.getUserMedia) return input.click();
  if (cameraAsked) return null; // a second stream would never be stopped
  cameraAsked = true;
  const video = dialog.querySelector('video');
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 } } });
  } catch {
    return input.click();
  } finally {
    cameraAsked = false;
  }
  video.srcObject = stream;
  dialog.showModal();
  dialog.onclose = () => stream.getTracks().forEach((track) => track.stop());
  await video.play();
  dialog.querySelector('.shoot').onclick = () => {
    const canvas = el('canvas', { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext('2d').drawImage(video, 0, 0);
    canvas.toBlob((blob) => {
      dialog.close();
      if (blob) onFile(new File([blob], 'camera.jpg', { type: 'image/jpeg' }));
    }, 'image/jpeg', 0.92);
  };
}

/** The dialog that `takePicture` needs. */
function cameraDialog() {
  const dialog = el('dialog', { class: 'sheet camera', 'aria-label': say('camera_title') },
    el('video', { playsinline: true, muted: true }),
    el('div', { class: 'btn-row' },
      button(say('camera_shoot'), 'camera', { class: 'btn primary shoot' }),
      button(say('cancel'), null, { class: 'btn', on: { click: () => dialog.close() } })));
  dialog.querySelector('video').muted = true;
  return dialog;
}

/**
 * Call `onFile` with what is dropped or pasted anywhere on the page while `zone` is on screen; `zone` lights up while
 * a file is over the page. (Unhandled, a dropped picture would replace the page.)
 */
function acceptDropsAndPastes(zone, onFile) {
  let depth = 0; // dragenter and dragleave fire for every child
  const visible = () => zone.isConnected && zone.offsetParent;
  const listen = (name, handler) => document.addEventListener(name, (event) => { if (visible()) handler(event); });
  const over = (event, delta) => {
    event.preventDefault();
    depth = delta === 0 ? 0 : Math.max(0, depth + delta);
    zone.classList.toggle('over', depth > 0);
  };
  listen('dragenter', (event) => over(event, 1));
  listen('dragleave', (event) => over(event, -1));
  listen('dragover', (event) => event.preventDefault());
  listen('drop', (event) => {
    over(event, 0);
    const file = event.dataTransfer?.files?.[0];
    if (file) onFile(file);
  });
  listen('paste', (event) => {
    const file = [...(event.clipboardData?.files || [])].find((candidate) => candidate.type.startsWith('image/'));
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
}
