import classes from './person.module.css';

const hues = 8;

function hueOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9_973;
  return hash % hues;
}

function lettersOf(name: string): string {
  const words = name.split(/[\s._@-]+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('');
}

/** A person's letters in a circle: decoration beside the name, never instead of it. */
export function Initials({ name, size }: { readonly name: string; readonly size: 'small' | 'large' }) {
  return (
    <span className={classes.initials} data-hue={hueOf(name)} data-size={size} aria-hidden="true">
      {lettersOf(name)}
    </span>
  );
}
