import { Kbd, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from '../api/queries.ts';
import type { Me } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { areasFor } from './areas.ts';
import classes from './help-dialog.module.css';

const keys = t.help.keys;
interface KeyGroup {
  readonly name: string;
  readonly rows: readonly (readonly [keys: readonly string[], what: string])[];
}

const groupsFor = (me: Me | undefined): readonly KeyGroup[] => [
  {
    name: t.help.groups.anywhere,
    rows: [
      [['Ctrl', 'K'], keys.palette],
      [['c'], keys.create],
      ...areasFor(me).map((area) => [['g', area.key], keys.goTo(area.label)] as const),
      [['Ctrl', 'Enter'], keys.submit],
      [['?'], keys.help],
    ],
  },
  {
    name: t.help.groups.queue,
    rows: [
      [['j'], keys.down],
      [['k'], keys.up],
      [['Enter'], keys.open],
      [['x'], keys.select],
      [['a'], keys.acknowledge],
      [['e'], keys.escalate],
      [['['], keys.previousChannel],
      [[']'], keys.nextChannel],
      [['/'], keys.search],
      [['Esc'], keys.clear],
    ],
  },
  {
    name: t.help.groups.page,
    rows: [
      [['a'], keys.acknowledge],
      [['e'], keys.escalate],
      [['n'], keys.note],
      [['s'], keys.assign],
      [['r'], keys.resolve],
      [['u'], keys.back],
    ],
  },
];

export default function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const me = useQuery(meQuery).data;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.help.title}
      size={640}
      closeButtonProps={{ 'aria-label': t.actions.cancel }}
    >
      <div className={classes.groups}>
        {groupsFor(me).map((group) => (
          <section key={group.name}>
            <h3 className={classes.heading}>{group.name}</h3>
            <dl className={classes.list}>
              {group.rows.map(([combination, what]) => (
                <div key={what} className={classes.row}>
                  <dt>{what}</dt>
                  <dd>
                    {combination.map((key) => (
                      <Kbd key={key} size="xs">
                        {key}
                      </Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
